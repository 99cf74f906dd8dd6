# gemm in posit32: every product and every sum rounded.
# The step is in ../steps/posit.inc, the loop nest in posit.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 0
        .include "posit.inc"
