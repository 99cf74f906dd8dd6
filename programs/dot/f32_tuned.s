# dot: binary32, fused multiply-add, four steps at a time.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/f32_tuned.s"
