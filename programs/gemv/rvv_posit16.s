# gemv: posit16, every operation rounded, a lane is an element of y.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/rvv_posit16.s"
