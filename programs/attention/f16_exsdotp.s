# attention of binary16, summed in binary32 by ExSdotp.
# The step is in ../steps, the numbers in ../functions, the loop nest in attention.inc.

        .macro  products sum, a, b
        vfdotpex.s.h \sum, \a, \b
        .endm

        .include "../steps/f16.inc"
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        narrow  h, h
        .include "attention.inc"
