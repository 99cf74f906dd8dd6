# conv2d in FP8 (E5M2), summed in binary16 by ExSdotp, four by four windows and filters at a time.
# The step is in ../steps/block_f8.inc, the loop nest in tuned.inc.

        .macro  products sum, a, b
        vfdotpex.h.b f\sum, f\a, f\b
        .endm

        .include "../steps/block_f8.inc"
        .include "tuned.inc"
