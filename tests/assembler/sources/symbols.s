.globl main
.type main, @function
main: call helper
la a0, object
la a1, undefined_one
lla a2, object + 8
.size main, . - main
.weak helper
.hidden object
.set alias, object + 4
.equ number, 40 + 2
x = number * 2
li a3, x
la a4, alias
li a5, number
.comm shared, 24, 8
.local private
.comm private, 12, 4
.lcomm other, 20
la a6, private
la a7, shared
.data
object: .dword object, main, alias, undefined_one + 4
.word late - object, object2 - object
.set late, object2
object2: .half object2 - object
.byte . - object
.word forward
.set forward, 77
