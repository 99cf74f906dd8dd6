# Quantises to FP8 (E5M2) with one scale; the largest number is 57344; see fp8.inc.

        .equ    MANTISSA, 2
        .equ    BIAS, 15
        .equ    LARGEST, 0x47600000
        .include "fp8.inc"
