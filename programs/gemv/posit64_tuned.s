# gemv: posit64, every operation rounded, four elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/posit64_tuned.s"
