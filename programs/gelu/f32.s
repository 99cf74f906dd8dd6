# GELU in binary32.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 2
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        same
        .include "gelu.inc"
