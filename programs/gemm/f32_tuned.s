# gemm in binary32, one fused multiply-add per product, four by four elements of C at a time.
# The step is in ../steps/block_f32.inc, the loop nest in tuned.inc.

        .include "../steps/block_f32.inc"
        .include "tuned.inc"
