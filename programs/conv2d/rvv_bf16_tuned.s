# conv2d in vectors: BF16, summed in binary32, four windows at a time.
# The step is in ../steps/rvv_wide.inc, the loop nest in rvv.inc.

        .equ    TUNED, 1

        .include "../steps/rvv_wide.inc"
        halves  bf16
        .include "rvv.inc"
