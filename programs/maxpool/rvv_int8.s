# maxpool in vectors: INT8, vmax.vv; maxima are scaled in binary32. The loop nest is in maxpool.inc.
#
# void maxpool(const int8_t *x, float *y, const struct shape *shape, const float *scale)

        .equ    RESULT_SHIFT, 2
        .include "rvv.inc"
        maxima  8, 0, vmax, -1 << 7
        .include "maxpool.inc"
