# axpy in vectors: posit16, product and sum rounded, a lane is an element.
# The step is in ../steps/rvv_posit.inc, the loop in rvv.inc.

        .include "../steps/rvv_posit.inc"
        posits  16, h, 1
        .include "rvv.inc"
        vectors 14                      # a4
