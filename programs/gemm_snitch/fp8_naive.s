# C = A B in FP8 (E5M2), multiplied and added one by one: the shape of gemm_fp8_naive, in which
# numbers travel through integer registers. See snitch.inc for the arguments.

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
        li      t3, 0
product:
        lb      t4, 0(t0)
        lb      t5, 0(t1)
        addi    t0, t0, 1
        addi    t1, t1, 1
        fmv.b.x ft3, t4
        fmv.b.x ft4, t5
        fmv.b.x ft5, t3
        fmul.b ft6, ft3, ft4
        fadd.b ft5, ft5, ft6
        fmv.x.b t3, ft5
        bne     t0, a7, product
        sb      t3, 0(a2)
        addi    a2, a2, 1
        addi    t2, t2, -1
        bnez    t2, column
        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
