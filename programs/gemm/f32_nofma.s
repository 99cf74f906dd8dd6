# gemm in binary32 without fused multiply-adds: every product and every sum is rounded.
# The loop nest is that of f32.s.

        .equ    NO_FMA, 1
        .include "f32.s"
