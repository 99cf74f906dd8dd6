# gemm in vectors: INT8, one scale per tensor, 32-bit sums.
# The step is in ../steps/rvv_int8.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_int8.inc"
        .include "rvv.inc"
