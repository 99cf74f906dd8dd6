# gemm in binary32: one fused multiply-add per product, in the order of k.
# The step is in ../steps/f32.inc, the loop nest in plain.inc.

        .include "../steps/f32.inc"
        .include "plain.inc"
