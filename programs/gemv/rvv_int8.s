# gemv: INT8, one scale per tensor, 32-bit sums, a lane is an element of y.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/rvv_int8.s"
