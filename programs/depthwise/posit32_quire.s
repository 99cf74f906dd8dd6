# depthwise in posit32, exact sums in the quire.
# The step is in ../steps/posit.inc, the loop nest in depthwise.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 1
        .include "../steps/posit.inc"
        .include "depthwise.inc"
