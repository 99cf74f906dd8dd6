# gemm of BF16 with matrices in vector registers (Zvvm), lambda = 2.
# The blocks are in zvvm.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 1
        .equ    LOG_LAMBDA, 1
        .equ    FORMATS, 3 << 57              # BF16 in both factors

        .macro  product c, a, b
        vfwmmacc.vv \c, \a, \b
        .endm

        .include "zvvm.inc"
        .include "nest.inc"
