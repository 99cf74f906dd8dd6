# maxpool in vectors: binary32, vfmax.vv. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  32, 2, vfmax, 0xff800000
        .include "maxpool.inc"
