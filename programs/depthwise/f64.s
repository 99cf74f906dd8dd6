# depthwise in binary64, fused multiply-add.
# The step is in ../steps/f64.inc, the loop nest in depthwise.inc.

        .include "../steps/f64.inc"
        .include "depthwise.inc"
