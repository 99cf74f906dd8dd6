# C = A B in binary16, multiplied and added one by one: the shape of gemm_fp16_naive, in which
# numbers travel through integer registers. See ../gemm/plain.inc for the loops.

        .equ    SHIFT, 1
        .equ    RESULT, 2

        .macro  begin
        li      t0, 0                   # the sum
        .endm

        .macro  vector
        lh      t2, 0(t3)
        lh      t6, 0(t4)
        addi    t3, t3, 2
        addi    t4, t4, 2
        fmv.h.x ft3, t2
        fmv.h.x ft4, t6
        fmv.h.x ft5, t0
        fmul.h ft6, ft3, ft4
        fadd.h ft5, ft5, ft6
        fmv.x.h t0, ft5
        .endm

        .macro  finish
        sh      t0, 0(a2)
        .endm

        .include "../gemm/plain.inc"
