# gemv: FP8 (E4M3) into binary32, a fused multiply-add a lane, a lane is an element of y.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/rvv_fp8_e4m3.s"
