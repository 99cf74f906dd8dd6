# conv2d in vectors: posit8, every product and every sum rounded.
# The step is in ../steps/rvv_posit.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_posit.inc"
        posits  8, b, 0
        .include "rvv.inc"
