# gemv: binary16 into binary32, one product and one rounding a lane.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f16_exfma.s"
