# depthwise in vectors: posit16, every operation rounded.
# The lanes are in rvv.inc, the loop nest in depthwise.inc.

        .include "rvv.inc"
        lanes   16, 1

        .macro  multiply
        vpmul.vv v0, v0, v4
        vpadd.vv v8, v8, v0
        .endm

        .include "depthwise.inc"
