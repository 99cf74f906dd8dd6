# Quantises to INT4 with scales of 4 bits per 16 elements, on top of their bytes; see vsq.inc.

        .equ    BITS, 4
        .equ    LIMIT, 7
        .equ    V, 16
        .equ    M, 4
        .equ    UP, 4
        .macro  QIN to, x, reciprocal
        vsq.qin.n \to, \x, \reciprocal
        .endm
        .include "vsq.inc"
