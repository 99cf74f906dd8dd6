# gemm in posit64: exact sums in the quire, each rounded once.
# The step is in ../steps/posit.inc, the loop nest in posit.inc.

        .equ    SHIFT, 3
        .equ    QUIRE, 1
        .include "posit.inc"
