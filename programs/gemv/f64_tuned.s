# gemv: binary64, fused multiply-add, four elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f64_tuned.s"
