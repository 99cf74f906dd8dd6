# gemm of INT4, one scale per tensor, 32-bit sums.
# The step is in ../steps/int4.inc, the loop nest in scaled.inc.

        .include "../steps/int4.inc"
        .include "scaled.inc"
