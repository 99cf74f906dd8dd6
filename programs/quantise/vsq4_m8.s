# Quantises to INT4 with scales of 8 bits per 16 elements; see vsq.inc.

        .equ    BITS, 4
        .equ    LIMIT, 7
        .equ    V, 16
        .equ    M, 8
        .equ    UP, 0
        .macro  QIN to, x, reciprocal
        vsq.qin.n \to, \x, \reciprocal
        .endm
        .include "vsq.inc"
