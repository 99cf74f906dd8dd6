# Twelve instructions, two loads and two stores among them.
        .globl  main
main:   li      t0, ROUNDS
        la      a1, buffer
        li      a2, 0
1:      ld      a3, 0(a1)
        ld      a4, 8(a1)
        add     a3, a3, t0
        xor     a4, a4, a3
        sd      a3, 0(a1)
        sd      a4, 8(a1)
        addi    a2, a2, 16
        andi    a2, a2, 2032
        la      a1, buffer
        add     a1, a1, a2
        addi    t0, t0, -1
        bnez    t0, 1b
        li      a0, 0
        ret
        .bss
        .balign 64
buffer: .skip   2048
