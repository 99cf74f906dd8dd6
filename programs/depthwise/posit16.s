# depthwise in posit16, every operation rounded.
# The step is in ../steps/posit.inc, the loop nest in depthwise.inc.

        .equ    SHIFT, 1
        .equ    QUIRE, 0
        .include "../steps/posit.inc"
        .include "depthwise.inc"
