# gemm in vectors: FP8 (E5M2), dot products of four elements, summed in binary32.
# The loop nest is in rvv_fp8_dot4.inc.

        .macro  dot
        vfe5m2dot4.vx v8, t5, v16
        .endm

        .include "rvv_fp8_dot4.inc"
