# maxpool in vectors: posit16, compared as integers by vmax.vv. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  16, 1, vmax, -1 << 15
        .include "maxpool.inc"
