# dot: INT4, one scale per tensor, 32-bit sums, four steps at a time.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/int4_tuned.s"
