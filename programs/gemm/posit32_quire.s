# gemm in posit32: exact sums in the quire, each rounded once.
# The step is in ../steps/posit.inc, the loop nest in plain.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 1
        .include "../steps/posit.inc"
        .include "plain.inc"
