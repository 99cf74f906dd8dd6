# gemm of FP8 (E4M3) with tiles of their own (Zvt).
# The blocks are in zvt.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 0
        .equ    DEPTH, 4
        .equ    MTYPE, DEPTH << 5 | 3   # sums of 32 bits
        .equ    VTYPE, 0        # bytes, E4M3 in both factors

        .macro  product tile, a, b
        vtfmm.tvv \tile, \a, \b
        .endm

        .include "zvt.inc"
        .include "nest.inc"
