# gemm of INT8 with tiles of their own (Zvt).
# The blocks are in zvt.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0
        .equ    DEPTH, 4
        .equ    MTYPE, DEPTH << 5 | 3   # sums of 32 bits
        .equ    VTYPE, 1 << 8        # bytes, signed in both factors

        .macro  product tile, a, b
        vtmms.tvv \tile, \a, \b
        .endm

        .macro  loads pointer, g0, g1, g2, g3
        vlse8.v v\g0, (\pointer), a5
        addi    t0, \pointer, 1 << SHIFT
        vlse8.v v\g1, (t0), a5
        addi    t0, \pointer, 2 << SHIFT
        vlse8.v v\g2, (t0), a5
        addi    t0, \pointer, 3 << SHIFT
        vlse8.v v\g3, (t0), a5
        .endm

        .macro  factor pointer, group
        .if     \group == 0
        loads   \pointer, 0, 2, 4, 6
        .endif
        .if     \group == 8
        loads   \pointer, 8, 10, 12, 14
        .endif
        .if     \group == 16
        loads   \pointer, 16, 18, 20, 22
        .endif
        .if     \group == 24
        loads   \pointer, 24, 26, 28, 30
        .endif
        .endm

        .include "zvt.inc"
        .include "nest.inc"
