# conv2d of INT8 activations (A) and INT4 weights (B) with scales per vector, VS-Quant's 4/8/6/10.
# The step is in ../steps/w4a8.inc, the loop nest in nest.inc.

        .include "../steps/w4a8.inc"
        .include "nest.inc"
