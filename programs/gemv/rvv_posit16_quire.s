# gemv: posit16, exact dot products in the quire, a lane is an element of a row.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/rvv_posit16_quire.s"
