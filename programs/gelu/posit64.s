# GELU in posit64, every operation rounded.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 3
        .equ    DEGREE, 14
        .include "../functions/posit.inc"
        .include "../functions/elements.inc"
        same
        .include "gelu.inc"
