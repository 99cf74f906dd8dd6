# mlp in binary64: one fused multiply-add per product.
# The step is in ../steps, the numbers in ../functions, the loop nest in mlp.inc.

        .include "../steps/f64.inc"
        .include "../functions/float.inc"
        floats  d, d, 3, 52, 13
        .include "../functions/elements.inc"
        same
        .include "mlp.inc"
