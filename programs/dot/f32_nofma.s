# dot: binary32, multiplication and addition both rounded.
# It is gemm of one row and one column: see dot.inc.

        .include "dot.inc"
        .include "../gemm/f32_nofma.s"
