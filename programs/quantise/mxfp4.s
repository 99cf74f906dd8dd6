# Quantises to MXFP4 (E2M1); see mx.inc.

        .equ    WIDTH, 4
        .equ    EMAX, 2
        .equ    MANTISSA, 1
        .equ    BIAS, 1
        .equ    LARGEST, 0x40c00000
        .include "minifloat.inc"

        .macro  relative
        fmul.s  fa0, fa0, fa1
        .endm

        .macro  elements
        encode_all 32
        .endm

        .include "mx.inc"
