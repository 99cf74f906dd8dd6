# conv2d of INT4 with a 4-bit scale per 16 elements, 24-bit sums.
# The step is in ../steps/vsq4.inc, the loop nest in nest.inc.

        .include "../steps/vsq4.inc"
        .include "nest.inc"
