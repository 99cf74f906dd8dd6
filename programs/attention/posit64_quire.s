# attention in posit64, sums of products exact in the quire.
# The step is in ../steps, the numbers in ../functions, the loop nest in attention.inc.

        .equ    SHIFT, 3
        .equ    QUIRE, 1
        .include "../steps/posit.inc"
        .equ    DEGREE, 14
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "attention.inc"
