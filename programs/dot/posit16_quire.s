# dot: posit16, exact sums in the quire.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit16_quire.s"
