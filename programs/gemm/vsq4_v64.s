# gemm of INT4 with an 8-bit scale per 64 elements, 24-bit sums.
# The step is in ../steps/vsq4_v64.inc, the loop nest in scaled.inc.

        .include "../steps/vsq4_v64.inc"
        .include "scaled.inc"
