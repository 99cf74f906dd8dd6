# gemv: MXFP4 (E2M1), a power of two per 32 elements, binary32 sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/mxfp4.s"
