# Quantises to INT8 with one scale; see integer.inc.

        .equ    BITS, 8
        .equ    LIMIT, 127
        .macro  QIN to, x, reciprocal
        vsq.qin.b \to, \x, \reciprocal
        .endm
        .include "integer.inc"
