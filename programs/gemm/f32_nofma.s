# gemm in binary32 without fused multiply-adds: every product and every sum is rounded.
# The step is in ../steps/f32.inc, the loop nest in plain.inc.

        .equ    NO_FMA, 1
        .include "../steps/f32.inc"
        .include "plain.inc"
