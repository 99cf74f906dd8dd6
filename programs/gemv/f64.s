# gemv: binary64, fused multiply-add.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f64.s"
