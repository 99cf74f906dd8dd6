# GELU of binary16, computed in binary32.
# The numbers are in ../functions, the loop in gelu.inc.

        .equ    SHIFT, 1
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        narrow  h, h
        .include "gelu.inc"
