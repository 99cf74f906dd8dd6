# conv2d in posit64: every product and every sum rounded.
# The step is in ../steps/posit.inc, the loop nest in nest.inc.

        .equ    SHIFT, 3
        .equ    QUIRE, 0
        .include "../steps/posit.inc"
        .include "nest.inc"
