# conv2d of INT4 with a 4-bit scale per 16 elements, 24-bit sums,
# two by two windows and filters at a time.
# The step is in ../steps/pairs_vsq4.inc, the loop nest in scaled_tuned.inc.

        .include "../steps/pairs_vsq4.inc"
        .include "scaled_tuned.inc"
