# C = A B, binary16 products summed in binary32 by the scalar expanding multiply-add: one
# product an instruction. See ../gemm/plain.inc for the loops.

        .equ    SHIFT, 1
        .equ    RESULT, 2

        .macro  begin
        fmv.w.x fa0, zero
        .endm

        .macro  vector
        flh     fa1, 0(t3)
        flh     fa2, 0(t4)
        addi    t3, t3, 2
        addi    t4, t4, 2
        fmacex.s.h fa0, fa1, fa2
        .endm

        .macro  finish
        fcvt.h.s fa0, fa0
        fsh     fa0, 0(a2)
        .endm

        .include "../gemm/plain.inc"
