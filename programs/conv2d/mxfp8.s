# conv2d of MXFP8 (E4M3): a power of two per 32 elements, binary32 sums.
# The step is in ../steps/mx.inc, the loop nest in nest.inc.

        .equ    FORMAT, 0
        .equ    BITS, 8
        .include "../steps/mx.inc"
        .include "nest.inc"
