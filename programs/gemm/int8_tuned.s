# gemm of INT8, one scale per tensor, 32-bit sums,
# two by two elements of C at a time.
# The step is in ../steps/pairs_int8.inc, the loop nest in scaled_tuned.inc.

        .include "../steps/pairs_int8.inc"
        .include "scaled_tuned.inc"
