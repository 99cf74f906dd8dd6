# conv2d by im2col of INT8 in vectors, one scale per tensor, 32-bit sums.
# The step is in ../steps/rvv_int8.inc, the loop nests in ../gemm/rvv.inc and im2col.inc.

        .include "../steps/rvv_int8.inc"
        .include "../gemm/rvv.inc"
        .equ    UNIT, 0
        .include "im2col.inc"
