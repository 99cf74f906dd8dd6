# gemm of BF16 with tiles of their own (Zvt).
# The blocks are in zvt.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 1
        .equ    DEPTH, 2
        .equ    MTYPE, DEPTH << 5 | 2   # sums of 32 bits
        .equ    VTYPE, 1 << 8 | 1 << 3        # halves, BF16 in both factors

        .macro  product tile, a, b
        vtfmm.alt.tvv \tile, \a, \b
        .endm

        .macro  loads pointer, g0, g1
        vlse16.v v\g0, (\pointer), a5
        addi    t0, \pointer, 1 << SHIFT
        vlse16.v v\g1, (t0), a5
        .endm

        .macro  factor pointer, group
        .if     \group == 0
        loads   \pointer, 0, 4
        .endif
        .if     \group == 8
        loads   \pointer, 8, 12
        .endif
        .if     \group == 16
        loads   \pointer, 16, 20
        .endif
        .if     \group == 24
        loads   \pointer, 24, 28
        .endif
        .endm

        .include "zvt.inc"
        .include "nest.inc"
