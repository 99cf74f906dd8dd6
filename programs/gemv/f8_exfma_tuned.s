# gemv: FP8 (E5M2) into binary16, one product and one rounding a lane, four elements of y at a time.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f8_exfma_tuned.s"
