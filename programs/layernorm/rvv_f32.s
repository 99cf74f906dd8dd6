# Layer normalisation of rows in vectors, binary32. See rvv.inc.

        .include "../steps/rvv_rows.inc"
        rows    32, 2, m4
        .include "rvv.inc"
