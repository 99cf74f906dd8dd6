# gemv: INT8, one scale per tensor, 32-bit sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/int8.s"
