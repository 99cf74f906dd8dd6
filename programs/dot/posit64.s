# dot: posit64, every operation rounded.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit64.s"
