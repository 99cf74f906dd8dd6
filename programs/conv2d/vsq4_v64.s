# conv2d of INT4 with an 8-bit scale per 64 channels, 24-bit sums.
# The step is in ../steps/vsq4_v64.inc, the loop nest in nest.inc.

        .include "../steps/vsq4_v64.inc"
        .include "nest.inc"
