# gemm in vectors: binary64, one fused multiply-add per product.
# The step is in ../steps/rvv_float.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_float.inc"
        floats  64, d, 3
        .include "rvv.inc"
