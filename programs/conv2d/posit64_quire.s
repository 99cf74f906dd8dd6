# conv2d in posit64: exact sums in the quire, each rounded once.
# The step is in ../steps/posit.inc, the loop nest in nest.inc.

        .equ    SHIFT, 3
        .equ    QUIRE, 1
        .include "../steps/posit.inc"
        .include "nest.inc"
