# dot: MXINT8, a power of two per 32 elements, binary32 sums.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/mxint8.s"
