# gemv: binary64, a fused multiply-add a lane, a lane is an element of y.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/rvv_f64.s"
