# maxpool in vectors: binary64, vfmax.vv. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  64, 3, vfmax, 0xfff0000000000000
        .include "maxpool.inc"
