# conv2d by im2col in posit32: every product and every sum rounded.
# The step is in ../steps/posit.inc, the loop nests in ../gemm/plain.inc and im2col.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 0
        .include "../steps/posit.inc"
        .include "../gemm/plain.inc"
        .equ    UNIT, 4
        .include "im2col.inc"
