# gemv: FP8 (E5M2), one scale per tensor, binary32 sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/fp8_e5m2.s"
