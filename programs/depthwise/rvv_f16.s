# depthwise in vectors: binary16, one fused multiply-add per product.
# The lanes are in rvv.inc, the loop nest in depthwise.inc.

        .include "rvv.inc"
        lanes   16, 1

        .macro  multiply
        vfmacc.vv v8, v0, v4
        .endm

        .include "depthwise.inc"
