# conv2d by im2col of FP8 (E4M3), one scale per tensor, binary32 sums.
# The step is in ../steps/fp8.inc, the loop nests in ../gemm/scaled.inc and im2col.inc.

        .equ    FORMAT, 0
        .include "../steps/fp8.inc"
        .include "../gemm/scaled.inc"
        .equ    UNIT, 8
        .include "im2col.inc"
