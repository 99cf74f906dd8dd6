# dot: binary16 into binary32, two products and one rounding a lane.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/f16_exsdotp.s"
