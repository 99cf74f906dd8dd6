# dot: INT4 with a 4-bit scale per 16 elements, 24-bit sums, four steps at a time.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/vsq4_tuned.s"
