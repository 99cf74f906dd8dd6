# gemm in vectors: posit8, exact sums in the quire, each rounded once.
# The step is in ../steps/rvv_quire.inc, the loop nest in rvv_quire.inc.

        .include "../steps/rvv_quire.inc"
        quire   8, 0
        .include "rvv_quire.inc"
