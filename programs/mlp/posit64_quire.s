# mlp in posit64, sums of products exact in the quire.
# The step is in ../steps, the numbers in ../functions, the loop nest in mlp.inc.

        .equ    SHIFT, 3
        .equ    QUIRE, 1
        .include "../steps/posit.inc"
        .equ    DEGREE, 14
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "mlp.inc"
