# Quantises to MXINT8, whose code 64 is 1; see mx.inc.

        .equ    WIDTH, 8
        .equ    EMAX, 0

        .macro  prepare
        li      t5, 6 << 23             # 2^6 in the exponent of a factor
        .endm

        .macro  elements
        add     t4, t4, t5
        .set    at, 0
        .set    to, 0
        .rept   4
        .rept   8
        lw      t3, at(a0)
        vsq.qin.b t2, t3, t4
        .set    at, at + 4
        .endr
        sd      t2, to(a1)
        .set    to, to + 8
        .endr
        .endm

        .include "mx.inc"
