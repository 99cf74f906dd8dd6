# gemm in binary64: one fused multiply-add per product, in the order of k.
# The step is in ../steps/f64.inc, the loop nest in plain.inc.

        .include "../steps/f64.inc"
        .include "plain.inc"
