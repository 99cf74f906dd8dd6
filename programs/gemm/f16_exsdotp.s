# gemm of binary16, summed in binary32 by ExSdotp: each lane adds two products to its sum and
# rounds once. The step is in ../steps/f16.inc, the loop nest in plain.inc.

        .macro  products sum, a, b
        vfdotpex.s.h \sum, \a, \b
        .endm

        .include "../steps/f16.inc"
        .include "plain.inc"
