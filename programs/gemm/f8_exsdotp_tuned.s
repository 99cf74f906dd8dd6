# gemm in FP8 (E5M2), summed in binary16 by ExSdotp, four by four elements of C at a time.
# The loop nest is in tuned.inc.

        .equ    SHIFT, 0
        .equ    STEP, 8
        .equ    RESULT_SHIFT, 2

        .macro  clear register
        fmv.d.x \register, zero
        .endm

        .macro  load register, place
        fld     \register, \place
        .endm

        .macro  products sum, a, b
        vfdotpex.h.b \sum, \a, \b
        .endm

        .macro  finish sum, place
        fmv.d.x f28, zero
        vfsumex.s.h f28, \sum
        fmv.d.x f29, zero
        vfsum.s f29, f28
        fsw     f29, \place
        .endm

        .include "tuned.inc"
