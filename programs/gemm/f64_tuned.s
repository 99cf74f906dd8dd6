# gemm in binary64, one fused multiply-add per product, four by four elements of C at a time.
# The step is in ../steps/block_f64.inc, the loop nest in tuned.inc.

        .include "../steps/block_f64.inc"
        .include "tuned.inc"
