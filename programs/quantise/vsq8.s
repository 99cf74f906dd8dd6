# Quantises to INT8 with scales of 10 bits per 16 elements; see vsq.inc.

        .equ    BITS, 8
        .equ    LIMIT, 127
        .equ    V, 16
        .equ    M, 10
        .equ    UP, 0
        .macro  QIN to, x, reciprocal
        vsq.qin.b \to, \x, \reciprocal
        .endm
        .include "vsq.inc"
