# gemm in posit32: exact sums in the quire, each rounded once.
# The step is in ../steps/posit.inc, the loop nest in posit.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 1
        .include "posit.inc"
