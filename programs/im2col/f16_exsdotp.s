# conv2d by im2col in binary16, summed in binary32 by ExSdotp.
# The step is in ../steps/f16.inc, the loop nests in ../gemm/plain.inc and im2col.inc.

        .macro  products sum, a, b
        vfdotpex.s.h \sum, \a, \b
        .endm

        .include "../steps/f16.inc"
        .include "../gemm/plain.inc"
        .equ    UNIT, 8
        .include "im2col.inc"
