# mlp of FP8 (E5M2), summed in binary16 by ExSdotp.
# The step is in ../steps, the numbers in ../functions, the loop nest in mlp.inc.

        .macro  products sum, a, b
        vfdotpex.h.b \sum, \a, \b
        .endm

        .include "../steps/f8.inc"
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        narrow  b, b
        .include "mlp.inc"
