# conv2d of INT4, one scale per tensor, 32-bit sums,
# two by two windows and filters at a time.
# The step is in ../steps/pairs_int4.inc, the loop nest in scaled_tuned.inc.

        .include "../steps/pairs_int4.inc"
        .include "scaled_tuned.inc"
