# conv2d in vectors: posit16, every product and every sum rounded.
# The step is in ../steps/rvv_posit.inc, the loop nest in rvv.inc.

        .include "../steps/rvv_posit.inc"
        posits  16, h, 1
        .include "rvv.inc"
