# conv2d in posit16: exact sums in the quire, each rounded once.
# The step is in ../steps/posit.inc, the loop nest in nest.inc.

        .equ    SHIFT, 1
        .equ    QUIRE, 1
        .include "../steps/posit.inc"
        .include "nest.inc"
