# GELU in posit32, every operation rounded.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 2
        .equ    DEGREE, 8
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "gelu.inc"
