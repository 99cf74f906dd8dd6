# attention in vectors: binary32, one fused multiply-add per product.
# The step is in ../steps/rvv_float.inc, the rest in rvv.inc.

        .include "../steps/rvv_float.inc"
        floats  32, w, 2
        .include "rvv.inc"
