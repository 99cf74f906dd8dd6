# dot: FP8 (E5M2) into binary16, one product and one rounding a lane.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/f8_exfma.s"
