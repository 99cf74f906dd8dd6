# conv2d of binary16, summed in binary32 by ExSdotp, with streams and repetition.
# The step is in ../steps/f16.inc, the loop nest in streams.inc.

        .macro  products sum, a, b
        vfdotpex.s.h \sum, \a, \b
        .endm

        .include "../steps/f16.inc"
        .include "streams.inc"
