# gemv: binary16 into binary32, two products and one rounding a lane, four elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f16_exsdotp_tuned.s"
