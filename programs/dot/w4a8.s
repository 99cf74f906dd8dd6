# dot: INT8 by INT4 with scales of 10 and 6 bits per 16 elements, 32-bit sums.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/w4a8.s"
