# conv2d in posit8, exact sums in the quire, each rounded once, four steps at a time.
# The step is in ../steps/block_posit.inc, the loop nest in tuned.inc.

        .equ    SHIFT, 0
        .equ    QUIRE, 1
        .include "../steps/block_posit.inc"
        .include "tuned.inc"
