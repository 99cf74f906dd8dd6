# conv2d of unsigned INT4 (A) and INT4 (B) with a 4-bit scale per 16 elements, fused steps.
# The step is in ../steps/vsq4u.inc, the loop nest in nest.inc.

        .include "../steps/vsq4u.inc"
        .include "nest.inc"
