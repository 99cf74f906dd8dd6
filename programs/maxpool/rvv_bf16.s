# maxpool in vectors: BF16, vfmax.vv under altfmt. The loop nest is in maxpool.inc.

        .include "rvv.inc"
        maxima  16, 1, vfmax, 0xff80, alt
        .include "maxpool.inc"
