# gemm in vectors: posit32, exact sums in the quire, each rounded once.
# The step is in ../steps/rvv_quire.inc, the loop nest in rvv_quire.inc.

        .include "../steps/rvv_quire.inc"
        quire   32, 2
        .include "rvv_quire.inc"
