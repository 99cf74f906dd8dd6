# dot: posit64, every operation rounded, four steps at a time.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit64_tuned.s"
