# dot: posit32, exact sums in the quire.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit32_quire.s"
