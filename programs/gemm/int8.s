# gemm of INT8, one scale per tensor, 32-bit sums.
# The step is in ../steps/int8.inc, the loop nest in scaled.inc.

        .include "../steps/int8.inc"
        .include "scaled.inc"
