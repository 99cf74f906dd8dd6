# gemm in FP8 (E5M2), summed in binary16 by two expanding FMAs,
# four by four elements of C at a time.
# The step is in ../steps/block_f8.inc, the loop nest in tuned.inc.

        .macro  products sum, a, b
        vfmacex.h.b f\sum, f\a, f\b
        vfmacexu.h.b f\sum, f\a, f\b
        .endm

        .include "../steps/block_f8.inc"
        .include "tuned.inc"
