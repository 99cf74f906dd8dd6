# gemm in binary16, summed in binary32 by ExSdotp, four by four elements of C at a time.
# The step is in ../steps/block_f16.inc, the loop nest in tuned.inc.

        .macro  products sum, a, b
        vfdotpex.s.h f\sum, f\a, f\b
        .endm

        .include "../steps/block_f16.inc"
        .include "tuned.inc"
