# An integer loop of eight dependent and independent operations.
        .globl  main
main:   li      t0, ROUNDS
        li      a1, 12345
        li      a2, 6789
1:      xor     a1, a1, t0
        add     a2, a2, a1
        srli    a3, a2, 7
        sub     a4, a1, a3
        and     a5, a4, a2
        or      a1, a1, a5
        slli    a6, a4, 3
        add     a2, a2, a6
        addi    t0, t0, -1
        bnez    t0, 1b
        andi    a0, a2, 0
        ret
