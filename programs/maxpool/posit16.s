# maxpool in posit16.
# What it does with an element is in posit.inc, the loop nest in maxpool.inc.

        .equ    SHIFT, 1
        .include "posit.inc"
        .include "maxpool.inc"
