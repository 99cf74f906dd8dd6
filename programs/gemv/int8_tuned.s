# gemv: INT8, one scale per tensor, 32-bit sums, two elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/int8_tuned.s"
