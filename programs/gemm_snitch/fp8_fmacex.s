# C = A B, FP8 (E5M2) products summed in binary32 by the scalar expanding multiply-add: one
# product an instruction. See ../gemm/plain.inc for the loops.

        .equ    SHIFT, 0
        .equ    RESULT, 1

        .macro  begin
        fmv.w.x fa0, zero
        .endm

        .macro  vector
        flb     fa1, 0(t3)
        flb     fa2, 0(t4)
        addi    t3, t3, 1
        addi    t4, t4, 1
        fmacex.s.b fa0, fa1, fa2
        .endm

        .macro  finish
        fcvt.b.s fa0, fa0
        fsb     fa0, 0(a2)
        .endm

        .include "../gemm/plain.inc"
