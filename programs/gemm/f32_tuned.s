# gemm in binary32, one fused multiply-add per product, four by four elements of C at a time.
# The loop nest is in tuned.inc.

        .equ    SHIFT, 2
        .equ    STEP, 4
        .equ    RESULT_SHIFT, 2

        .macro  clear register
        fmv.w.x \register, zero
        .endm

        .macro  load register, place
        flw     \register, \place
        .endm

        .macro  products sum, a, b
        fmadd.s \sum, \a, \b, \sum
        .endm

        .macro  finish sum, place
        fsw     \sum, \place
        .endm

        .include "tuned.inc"
