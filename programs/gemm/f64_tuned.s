# gemm in binary64, one fused multiply-add per product, four by four elements of C at a time.
# The loop nest is in tuned.inc.

        .equ    SHIFT, 3
        .equ    STEP, 8
        .equ    RESULT_SHIFT, 3

        .macro  clear register
        fmv.d.x \register, zero
        .endm

        .macro  load register, place
        fld     \register, \place
        .endm

        .macro  products sum, a, b
        fmadd.d \sum, \a, \b, \sum
        .endm

        .macro  finish sum, place
        fsd     \sum, \place
        .endm

        .include "tuned.inc"
