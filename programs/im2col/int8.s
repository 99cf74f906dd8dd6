# conv2d by im2col of INT8, one scale per tensor, 32-bit sums.
# The step is in ../steps/int8.inc, the loop nests in ../gemm/scaled.inc and im2col.inc.

        .include "../steps/int8.inc"
        .include "../gemm/scaled.inc"
        .equ    UNIT, 8
        .include "im2col.inc"
