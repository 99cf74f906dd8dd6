# C = A B in binary32, one fused multiply-add after the other, as a compiler makes it of the loops
# of gemm_fp32_naive. See snitch.inc for the arguments.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        slli    a6, a5, 2               # bytes of a row
row:
        add     a7, a0, a6
        mv      t1, a1
        mv      t2, a4
column:
        mv      t0, a0
        fmv.w.x fa0, zero
product:
        flw     fa1, 0(t0)
        flw     fa2, 0(t1)
        addi    t0, t0, 4
        addi    t1, t1, 4
        fmadd.s fa0, fa1, fa2, fa0
        bne     t0, a7, product
        fsw     fa0, 0(a2)
        addi    a2, a2, 4
        addi    t2, t2, -1
        bnez    t2, column
        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
