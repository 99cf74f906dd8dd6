# gemv: INT8 by INT4 with scales of 10 and 6 bits per 16 elements, 32-bit sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/w4a8.s"
