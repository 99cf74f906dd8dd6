# Quantises to INT3, in nibbles, with scales of 6 bits per 16 elements, in the upper bits of
# their bytes; see vsq.inc.

        .equ    BITS, 4
        .equ    LIMIT, 3
        .equ    V, 16
        .equ    M, 6
        .equ    UP, 2
        .macro  QIN to, x, reciprocal
        vsq.qin.n \to, \x, \reciprocal
        .endm
        .include "vsq.inc"
