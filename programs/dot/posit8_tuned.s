# dot: posit8, every operation rounded, four steps at a time.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit8_tuned.s"
