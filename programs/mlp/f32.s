# mlp in binary32: one fused multiply-add per product.
# The step is in ../steps, the numbers in ../functions, the loop nest in mlp.inc.

        .include "../steps/f32.inc"
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        same
        .include "mlp.inc"
