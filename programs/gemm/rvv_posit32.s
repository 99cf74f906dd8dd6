# gemm in vectors: posit32, every product and every sum rounded.
# The step is in ../steps/rvv_posit.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_posit.inc"
        posits  32, w, 2
        .include "rvv.inc"
