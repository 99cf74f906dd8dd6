# A trivial custom instruction: a0 += a1 * a2, and the loop around it.
        .globl  main
main:   li      t0, ROUNDS
        li      a0, 0
        li      a1, 3
        li      a2, 5
1:      .insn r 0x0b, 0, 0, a0, a1, a2
        addi    t0, t0, -1
        bnez    t0, 1b
        li      a0, 0
        ret
