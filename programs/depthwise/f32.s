# depthwise in binary32, fused multiply-add.
# The step is in ../steps/f32.inc, the loop nest in depthwise.inc.

        .include "../steps/f32.inc"
        .include "depthwise.inc"
