# gemm in vectors: posit32, exact sums in the quire, each rounded once.
# The loop nest is in rvv_quire.inc.

        .include "rvv_quire.inc"
        quire   32, 2
