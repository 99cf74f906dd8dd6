# gemv: binary16 into binary32, two products and one rounding a lane.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f16_exsdotp.s"
