# Layer normalisation of rows in vectors, binary32. See rvv.inc.

        .equ    HALF, 0
        .include "rvv.inc"
