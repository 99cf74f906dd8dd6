# Softmax of rows in vectors, binary64. See rvv.inc.

        .include "../steps/rvv_rows.inc"
        rows    64, 3, m4, d, d, 64
        .include "rvv.inc"
