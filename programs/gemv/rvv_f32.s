# gemv: binary32, a fused multiply-add a lane, a lane is an element of y.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/rvv_f32.s"
