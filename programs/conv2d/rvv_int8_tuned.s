# conv2d in vectors: INT8, one scale per tensor, 32-bit sums, four windows at a time.
# The step is in ../steps/rvv_int8.inc, the loop nest in rvv.inc.

        .equ    TUNED, 1

        .include "../steps/rvv_int8.inc"
        .include "rvv.inc"
