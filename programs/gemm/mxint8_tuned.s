# gemm of MXINT8: a power of two per 32 elements, binary32 sums,
# two by two elements of C at a time.
# The step is in ../steps/pairs_mx.inc, the loop nest in scaled_tuned.inc.

        .equ    FORMAT, 5
        .equ    BITS, 8
        .include "../steps/pairs_mx.inc"
        .include "scaled_tuned.inc"
