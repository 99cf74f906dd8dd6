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

        .include "zvt.inc"
        .include "nest.inc"
