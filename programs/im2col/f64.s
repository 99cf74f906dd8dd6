# conv2d by im2col in binary64, a fused multiply-add per product.
# The step is in ../steps/f64.inc, the loop nests in ../gemm/plain.inc and im2col.inc.

        .include "../steps/f64.inc"
        .include "../gemm/plain.inc"
        .equ    UNIT, 8
        .include "im2col.inc"
