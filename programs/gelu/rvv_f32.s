# GELU in vectors of binary32.
# The functions are in ../functions, the loop in rvv.inc.

        .equ    SHIFT, 2
        .include "rvv.inc"
