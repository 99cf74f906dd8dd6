# mlp in vectors: BF16, summed in binary32.
# The step is in ../steps/rvv_wide.inc, the rest in rvv.inc.

        .include "../steps/rvv_wide.inc"

        .macro  multiply sums, number, group
        vfwmaccbf16.vf \sums, f\number, \group
        .endm

        .macro  to_elements elements, numbers
        vfncvtbf16.f.f.w \elements, \numbers
        .endm

        .include "rvv.inc"
