# gemv: INT4 with an 8-bit scale per 64 elements, 24-bit sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/vsq4_v64.s"
