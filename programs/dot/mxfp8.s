# dot: MXFP8 (E4M3), a power of two per 32 elements, binary32 sums.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/mxfp8.s"
