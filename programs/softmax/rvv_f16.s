# Softmax of rows in vectors, binary16 with sums in binary32. See rvv.inc.

        .equ    HALF, 1
        .include "../steps/rvv_rows.inc"
        rows    16, 1, m2
        .include "rvv.inc"
