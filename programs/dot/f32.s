# dot: binary32, fused multiply-add.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/f32.s"
