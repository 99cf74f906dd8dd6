# GELU in posit16, every operation rounded.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 1
        .equ    DEGREE, 4
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "gelu.inc"
