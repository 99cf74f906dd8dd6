# gemv: MXINT8, a power of two per 32 elements, binary32 sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/mxint8.s"
