# gemm of INT8 with matrices in vector registers (Zvvm), lambda = 4.
# The blocks are in zvvm.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0
        .equ    LOG_LAMBDA, 2
        .equ    FORMATS, 0              # signed in both factors

        .macro  product c, a, b
        vqmmacc.vv \c, \a, \b
        .endm

        .include "zvvm.inc"
        .include "nest.inc"
