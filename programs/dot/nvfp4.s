# dot: NVFP4 (E2M1), an E4M3 scale per 16 elements, binary32 sums.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/nvfp4.s"
