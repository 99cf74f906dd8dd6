# gemv: FP8 (E4M3), one scale per tensor, binary32 sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/fp8_e4m3.s"
