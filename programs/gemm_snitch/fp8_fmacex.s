# C = A B, FP8 (E5M2) products summed in binary32 by the scalar expanding multiply-add: one
# product an instruction. See snitch.inc for the arguments.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        mv      a6, a5                  # bytes of a row
row:
        add     a7, a0, a6
        mv      t1, a1
        mv      t2, a4
column:
        mv      t0, a0
        fmv.w.x fa0, zero
product:
        flb     fa1, 0(t0)
        flb     fa2, 0(t1)
        addi    t0, t0, 1
        addi    t1, t1, 1
        fmacex.s.b fa0, fa1, fa2
        bne     t0, a7, product
        fcvt.b.s fa0, fa0
        fsb     fa0, 0(a2)
        addi    a2, a2, 1
        addi    t2, t2, -1
        bnez    t2, column
        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
