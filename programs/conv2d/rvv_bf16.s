# conv2d in vectors: BF16, summed in binary32.
# The step is in ../steps/rvv_wide.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_wide.inc"

        .macro  multiply sums, number, group
        vfwmaccbf16.vf \sums, f\number, \group
        .endm

        .include "rvv.inc"
