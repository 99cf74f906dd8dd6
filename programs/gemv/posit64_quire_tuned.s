# gemv: posit64, exact sums in the quire, four steps at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/posit64_quire_tuned.s"
