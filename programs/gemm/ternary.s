# gemm of INT8 activations (A) and ternary weights (B), one scale per tensor, 32-bit sums.
# The step is in ../steps/ternary.inc, the loop nest in scaled.inc.

        .include "../steps/ternary.inc"
        .include "scaled.inc"
