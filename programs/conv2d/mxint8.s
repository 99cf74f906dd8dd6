# conv2d of MXINT8: a power of two per 32 elements, binary32 sums.
# The step is in ../steps/mx.inc, the loop nest in nest.inc.

        .equ    FORMAT, 5
        .equ    BITS, 8
        .include "../steps/mx.inc"
        .include "nest.inc"
