# gemm of INT8 with matrices in vector registers (Zvvm), lambda = 1.
# The blocks are in zvvm.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0
        .equ    LOG_LAMBDA, 0
        .equ    FORMATS, 0              # signed in both factors

        .macro  product c, a, b
        vqmmacc.vv \c, \a, \b
        .endm

        .include "zvvm.inc"
        .include "nest.inc"
