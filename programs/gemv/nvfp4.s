# gemv: NVFP4 (E2M1), an E4M3 scale per 16 elements, binary32 sums.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/nvfp4.s"
