# C = A B, binary16 products summed in binary32 by the scalar expanding multiply-add: one
# product an instruction. See snitch.inc for the arguments.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        slli    a6, a5, 1              # bytes of a row
row:
        add     a7, a0, a6
        mv      t1, a1
        mv      t2, a4
column:
        mv      t0, a0
        fmv.w.x fa0, zero
product:
        flh     fa1, 0(t0)
        flh     fa2, 0(t1)
        addi    t0, t0, 2
        addi    t1, t1, 2
        fmacex.s.h fa0, fa1, fa2
        bne     t0, a7, product
        fcvt.h.s fa0, fa0
        fsh     fa0, 0(a2)
        addi    a2, a2, 2
        addi    t2, t2, -1
        bnez    t2, column
        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
