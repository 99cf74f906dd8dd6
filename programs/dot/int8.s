# dot: INT8, one scale per tensor, 32-bit sums.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/int8.s"
