# gemm of FP8 (E5M2), summed in binary16 by ExSdotp: each lane adds two products to its sum and
# rounds once. The step is in ../steps/f8.inc, the loop nest in plain.inc.

        .macro  products sum, a, b
        vfdotpex.h.b \sum, \a, \b
        .endm

        .include "../steps/f8.inc"
        .include "plain.inc"
