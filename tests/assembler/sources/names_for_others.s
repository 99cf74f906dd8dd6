.set other, elsewhere
.word other
.dword other + 4
call other
x = y
bnez s0, x
nop
y: ret
.weak unused
.weak used
.word used
.data
.quad one_unknown - another_unknown
.type kept, @gnu_unique_object
kept: .word 1
.globl .Lseen
.Lseen: .word 2
.hidden asked_for
