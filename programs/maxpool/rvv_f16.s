# maxpool in vectors: binary16, vfmax.vv. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  16, 1, vfmax, 0xfc00
        .include "maxpool.inc"
