# gemv: posit64, every operation rounded.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/posit64.s"
