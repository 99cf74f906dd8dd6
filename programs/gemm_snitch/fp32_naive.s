# C = A B in binary32, one fused multiply-add after the other, as a compiler makes it of the loops
# of gemm_fp32_naive. See ../gemm/plain.inc for the loops.

        .include "../steps/f32.inc"
        .include "../gemm/plain.inc"
