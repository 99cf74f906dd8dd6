# maxpool in vectors: posit32, compared as integers by vmax.vv. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  32, 2, vmax, -1 << 31
        .include "maxpool.inc"
