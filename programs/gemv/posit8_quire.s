# gemv: posit8, exact sums in the quire.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/posit8_quire.s"
