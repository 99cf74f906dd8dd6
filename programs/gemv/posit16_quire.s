# gemv: posit16, exact sums in the quire.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/posit16_quire.s"
