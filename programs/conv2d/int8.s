# conv2d of INT8, one scale per tensor, 32-bit sums.
# The step is in ../steps/int8.inc, the loop nest in nest.inc.

        .include "../steps/int8.inc"
        .include "nest.inc"
