.weakref f, g
call f
.weakref f2, g2
call f2
call g2
.weakref h, i
.globl g3
.weakref f3, g3
la a0, f3
