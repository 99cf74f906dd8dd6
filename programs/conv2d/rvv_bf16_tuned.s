# conv2d in vectors: BF16, summed in binary32, four windows at a time.
# The step is in ../steps/rvv_wide.inc, the loop nest in rvv.inc.

        .equ    TUNED, 1

        .include "../steps/rvv_wide.inc"

        .macro  multiply sums, number, group
        vfwmaccbf16.vf \sums, f\number, \group
        .endm

        .include "rvv.inc"
