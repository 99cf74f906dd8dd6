# depthwise in binary16, fused multiply-add.
# The step is in ../steps/half.inc, the loop nest in depthwise.inc.

        .include "../steps/half.inc"
        .include "depthwise.inc"
