# dot: posit16, exact dot products in the quire, a lane is an element.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/rvv_posit16_quire.s"
