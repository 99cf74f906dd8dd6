# GELU in binary64.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 3
        .include "../functions/float.inc"
        floats  d, d, 3, 52, 13
        .include "../functions/elements.inc"
        same
        .include "gelu.inc"
