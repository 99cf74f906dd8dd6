# GELU of FP8 (E5M2), computed in binary32.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 0
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        narrow  b, b
        .include "gelu.inc"
