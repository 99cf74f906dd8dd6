# conv2d in vectors: FP8 (E4M3), dot products of four channels, summed in binary32.
# The step is in ../steps/rvv_fp8_dot4.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_fp8_dot4.inc"

        .macro  multiply sums, number, group
        vfe4m3dot4.vx \sums, x\number, \group
        .endm

        .include "rvv.inc"
