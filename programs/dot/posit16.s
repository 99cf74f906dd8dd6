# dot: posit16, every operation rounded.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit16.s"
