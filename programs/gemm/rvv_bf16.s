# gemm in vectors: BF16, summed in binary32.
# The step is in ../steps/rvv_wide.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_wide.inc"
        halves  bf16
        .include "rvv.inc"
