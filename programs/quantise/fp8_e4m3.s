# Quantises to FP8 (E4M3) with one scale; the largest number is 448; see fp8.inc.

        .equ    MANTISSA, 3
        .equ    BIAS, 7
        .equ    LARGEST, 0x43e00000
        .include "fp8.inc"
