.altmacro
.macro pair x, y
LOCAL one, two
one: li a0, x
two: li a1, \y
j one
j two
.endm
pair 1, %2 + 3
pair %5 * 2, <4>
.macro text t
.ascii "t", "\t"
.endm
text <a b,c>
text <x!>y>
.macro number reg, n
li reg, n
li &reg, n
.endm
number a3, 4
.set count, 0
.macro next v
.word v
name\@: .word count
.endm
.rept 3
next %count
.set count, count + 1
.endr
.irp r, <a0>, a1
li r, 3
.endr
.noaltmacro
.macro plain x
li a0, \x
.endm
plain 4
