# maxpool in vectors: posit8, compared as integers by vmax.vv. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  8, 0, vmax, -1 << 7
        .include "maxpool.inc"
