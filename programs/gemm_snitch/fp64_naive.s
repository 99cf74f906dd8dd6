# C = A B in binary64, one fused multiply-add after the other, as a compiler makes it of the loops
# of gemm_fp64_naive. See ../gemm/plain.inc for the loops.

        .include "../steps/f64.inc"
        .include "../gemm/plain.inc"
