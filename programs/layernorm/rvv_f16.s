# Layer normalisation of rows in vectors, binary16 with sums in binary32. See rvv.inc.

        .equ    HALF, 1
        .include "rvv.inc"
