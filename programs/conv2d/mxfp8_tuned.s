# conv2d of MXFP8 (E4M3): a power of two per 32 elements, binary32 sums,
# two by two windows and filters at a time.
# The step is in ../steps/pairs_mx.inc, the loop nest in scaled_tuned.inc.

        .equ    FORMAT, 0
        .equ    BITS, 8
        .include "../steps/pairs_mx.inc"
        .include "scaled_tuned.inc"
