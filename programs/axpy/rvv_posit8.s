# axpy in vectors: posit8, product and sum rounded, a lane is an element.
# The step is in ../steps/rvv_posit.inc, the loop in rvv.inc.

        .include "../steps/rvv_posit.inc"
        posits  8, b, 0
        .include "rvv.inc"
        vectors 14                      # a4
