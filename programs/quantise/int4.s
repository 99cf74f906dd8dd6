# Quantises to INT4 with one scale; see integer.inc.

        .equ    BITS, 4
        .equ    LIMIT, 7
        .macro  QIN to, x, reciprocal
        vsq.qin.n \to, \x, \reciprocal
        .endm
        .include "integer.inc"
