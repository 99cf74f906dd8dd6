# conv2d of MXFP4 (E2M1): a power of two per 32 elements, binary32 sums.
# The step is in ../steps/mx.inc, the loop nest in nest.inc.

        .equ    FORMAT, 4
        .equ    BITS, 4
        .include "../steps/mx.inc"
        .include "nest.inc"
