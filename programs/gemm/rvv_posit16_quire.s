# gemm in vectors: posit16, exact sums in the quire, each rounded once.
# The loop nest is in rvv_quire.inc.

        .include "rvv_quire.inc"
        quire   16, 1
