# conv2d of FP8 (E4M3) with one scale per tensor, binary32 sums.
# The step is in ../steps/fp8.inc, the loop nest in nest.inc.

        .equ    FORMAT, 0
        .include "../steps/fp8.inc"
        .include "nest.inc"
