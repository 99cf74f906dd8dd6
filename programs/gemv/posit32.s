# gemv: posit32, every operation rounded.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/posit32.s"
