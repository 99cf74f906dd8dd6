# Softmax of rows in vectors, BF16, computed in binary32. See rvv.inc.

        .equ    BFLOAT, 1
        .include "../steps/rvv_rows.inc"
        rows    16, 1, m2
        .include "rvv.inc"
