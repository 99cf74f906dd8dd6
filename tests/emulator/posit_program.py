"""A program that tests of the debugger and of traces share: a dot product of posits, in a quire."""

POSITS = """\
        .globl _start
_start: la   s0, table
        li   s1, 3
again:  call dot
        addi s1, s1, -1
        bnez s1, again
        qround.s p4
        psw  p4, 16(s0)
        li   a0, 0
        li   a7, 93
        ecall
dot:    plw  p1, 0(s0)
        plw  p2, 4(s0)
        qmadd.s p1, p2
        padd.s p3, p1, p2
        ret
        .data
        .balign 16
table:  .word 0x40000000, 0x48000000, 0, 0, 0
"""
