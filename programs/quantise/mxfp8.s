# Quantises to MXFP8 (E4M3); see mx.inc.

        .equ    WIDTH, 8
        .equ    EMAX, 8
        .equ    MANTISSA, 3
        .equ    BIAS, 7
        .equ    LARGEST, 0x43e00000
        .include "minifloat.inc"

        .macro  relative
        fmul.s  fa0, fa0, fa1
        .endm

        .macro  elements
        encode_all 32
        .endm

        .include "mx.inc"
