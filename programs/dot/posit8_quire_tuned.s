# dot: posit8, exact sums in the quire, four steps at a time.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/posit8_quire_tuned.s"
