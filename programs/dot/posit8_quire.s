# dot: posit8, exact sums in the quire.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit8_quire.s"
