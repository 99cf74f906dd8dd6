# gemv: FP8 (E5M2) into binary16, two products and one rounding a lane, four elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f8_exsdotp_tuned.s"
