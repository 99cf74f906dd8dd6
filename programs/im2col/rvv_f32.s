# conv2d by im2col in binary32 in vectors, a fused multiply-add per product.
# The step is in ../steps/rvv_float.inc, the loop nests in ../gemm/rvv.inc and im2col.inc.

        .include "../steps/rvv_float.inc"
        floats  32, w, 2
        .include "../gemm/rvv.inc"
        .equ    UNIT, 0
        .include "im2col.inc"
