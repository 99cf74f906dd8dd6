# gemm in binary16, summed in binary32 by two expanding FMAs, four by four elements of C at a time.
# The loop nest is in tuned.inc.

        .equ    SHIFT, 1
        .equ    STEP, 8
        .equ    RESULT_SHIFT, 2

        .macro  clear register
        fmv.d.x \register, zero
        .endm

        .macro  load register, place
        fld     \register, \place
        .endm

        .macro  products sum, a, b
        vfmacex.s.h \sum, \a, \b
        vfmacexu.s.h \sum, \a, \b
        .endm

        .macro  finish sum, place
        fmv.d.x f28, zero
        vfsum.s f28, \sum
        fsw     f28, \place
        .endm

        .include "tuned.inc"
