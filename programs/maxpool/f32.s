# maxpool in binary32. The loop nest is in maxpool.inc.

        .equ    SHIFT, 2

        .macro  lowest
        li      t6, 0xff800000          # minus infinity
        fmv.w.x fa0, t6
        .endm

        .macro  take
        flw     fa1, 0(t3)
        fmax.s  fa0, fa0, fa1
        .endm

        .macro  put
        fsw     fa0, 0(a1)
        .endm

        .include "maxpool.inc"
