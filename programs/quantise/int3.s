# Quantises to INT3, in nibbles, with one scale; see integer.inc.

        .equ    BITS, 4
        .equ    LIMIT, 3
        .macro  QIN to, x, reciprocal
        vsq.qin.n \to, \x, \reciprocal
        .endm
        .include "integer.inc"
