# conv2d of INT4, one scale per tensor, 32-bit sums.
# The step is in ../steps/int4.inc, the loop nest in nest.inc.

        .include "../steps/int4.inc"
        .include "nest.inc"
