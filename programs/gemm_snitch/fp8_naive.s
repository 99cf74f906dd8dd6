# C = A B in FP8 (E5M2), multiplied and added one by one: the shape of gemm_fp8_naive, in which
# numbers travel through integer registers. See ../gemm/plain.inc for the loops.

        .equ    SHIFT, 0
        .equ    RESULT, 1

        .macro  begin
        li      t0, 0                   # the sum
        .endm

        .macro  vector
        lb      t2, 0(t3)
        lb      t6, 0(t4)
        addi    t3, t3, 1
        addi    t4, t4, 1
        fmv.b.x ft3, t2
        fmv.b.x ft4, t6
        fmv.b.x ft5, t0
        fmul.b ft6, ft3, ft4
        fadd.b ft5, ft5, ft6
        fmv.x.b t0, ft5
        .endm

        .macro  finish
        sb      t0, 0(a2)
        .endm

        .include "../gemm/plain.inc"
