# gemv: INT4 with a 4-bit scale per 16 elements, 24-bit sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/vsq4.s"
