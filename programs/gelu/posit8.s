# GELU in posit8, every operation rounded.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 0
        .equ    DEGREE, 3
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "gelu.inc"
