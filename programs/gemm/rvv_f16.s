# gemm in vectors: binary16, one fused multiply-add per product.
# The step is in ../steps/rvv_float.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_float.inc"
        floats  16, h, 1
        .include "rvv.inc"
