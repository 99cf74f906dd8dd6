# axpy in vectors: posit32, product and sum rounded, a lane is an element.
# The step is in ../steps/rvv_posit.inc, the loop in rvv.inc.

        .include "../steps/rvv_posit.inc"
        posits  32, w, 2
        .include "rvv.inc"
        vectors 14                      # a4
