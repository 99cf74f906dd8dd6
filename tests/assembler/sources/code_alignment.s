nop
.p2align 4
c.nop
.balign 8
nop
.byte 1
.align 2
addi a0, a0, 1
.balign 16, 0
ret
