# gemm in posit32: every product and every sum rounded.
# The step is in ../steps/posit.inc, the loop nest in plain.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 0
        .include "../steps/posit.inc"
        .include "plain.inc"
