# conv2d by im2col in binary32, a fused multiply-add per product.
# The step is in ../steps/f32.inc, the loop nests in ../gemm/plain.inc and im2col.inc.

        .include "../steps/f32.inc"
        .include "../gemm/plain.inc"
        .equ    UNIT, 4
        .include "im2col.inc"
