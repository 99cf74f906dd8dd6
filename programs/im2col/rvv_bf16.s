# conv2d by im2col of BF16 in vectors, summed in binary32.
# The step is in ../steps/rvv_wide.inc, the loop nests in ../gemm/rvv.inc and im2col.inc.

        .include "../steps/rvv_wide.inc"
        halves  bf16
        .include "../gemm/rvv.inc"
        .equ    UNIT, 0
        .include "im2col.inc"
