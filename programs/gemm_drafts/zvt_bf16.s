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

        .include "zvt.inc"
        .include "nest.inc"
