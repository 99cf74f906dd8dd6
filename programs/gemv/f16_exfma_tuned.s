# gemv: binary16 into binary32, one product and one rounding a lane, four elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f16_exfma_tuned.s"
