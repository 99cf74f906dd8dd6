# gemv: binary32, multiplication and addition both rounded.
# It is gemm of one row: see gemv.inc.

        .include "gemv.inc"
        .include "../gemm/f32_nofma.s"
