# conv2d in binary32: one fused multiply-add per product, in the order of the rows,
# columns and channels of the filter.
# The step is in ../steps/f32.inc, the loop nest in nest.inc.

        .include "../steps/f32.inc"
        .include "nest.inc"
