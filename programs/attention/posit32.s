# attention in posit32, every operation rounded.
# The step is in ../steps, the numbers in ../functions, the loop nest in attention.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 0
        .include "../steps/posit.inc"
        .equ    DEGREE, 8
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "attention.inc"
