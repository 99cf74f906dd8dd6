# conv2d of INT8 activations (A) and INT4 weights (B) with scales per vector, VS-Quant's 4/8/6/10,
# two by two windows and filters at a time.
# The step is in ../steps/pairs_w4a8.inc, the loop nest in scaled_tuned.inc.

        .include "../steps/pairs_w4a8.inc"
        .include "scaled_tuned.inc"
