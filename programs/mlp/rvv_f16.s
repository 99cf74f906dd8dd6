# mlp in vectors: binary16, summed in binary32.
# The step is in ../steps/rvv_wide.inc, the rest in rvv.inc.

        .include "../steps/rvv_wide.inc"

        .macro  multiply sums, number, group
        vfwmacc.vf \sums, f\number, \group
        .endm

        .macro  to_elements elements, numbers
        vfncvt.f.f.w \elements, \numbers
        .endm

        .include "rvv.inc"
