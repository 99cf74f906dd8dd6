# gemm of FP8 (E4M3) with matrices in vector registers (Zvvm), lambda = 1.
# The blocks are in zvvm.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 0
        .equ    LOG_LAMBDA, 0
        .equ    FORMATS, 0              # E4M3 in both factors

        .macro  product c, a, b
        vfqmmacc.vv \c, \a, \b
        .endm

        .include "zvvm.inc"
        .include "nest.inc"
