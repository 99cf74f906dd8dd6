# conv2d of MXFP4 (E2M1): a power of two per 32 elements, binary32 sums,
# two by two windows and filters at a time.
# The step is in ../steps/pairs_mx.inc, the loop nest in scaled_tuned.inc.

        .equ    FORMAT, 4
        .equ    BITS, 4
        .include "../steps/pairs_mx.inc"
        .include "scaled_tuned.inc"
