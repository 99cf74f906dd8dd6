# conv2d in vectors: FP8 (E4M3), summed in binary32.
# The step is in ../steps/rvv_fp8.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_fp8.inc"

        .macro  multiply sums, number, group
        vfe4m3macc.vx \sums, x\number, \group
        .endm

        .include "rvv.inc"
