# conv2d of FP8 (E5M2), summed in binary16 by ExSdotp, with streams and repetition.
# The step is in ../steps/f8.inc, the loop nest in streams.inc.

        .macro  products sum, a, b
        vfdotpex.h.b \sum, \a, \b
        .endm

        .include "../steps/f8.inc"
        .include "streams.inc"
