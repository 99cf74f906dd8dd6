# void gemm(const float *a, const float *bt, float *c, size_t m, size_t n, size_t k)
#
# C = A B in binary32: one fused multiply-add per product, in the order of k. With NO_FMA defined,
# a multiplication and an addition instead.
# A is m by k and C is m by n, both by rows; B is stored transposed, n by k, so that
# both operands of a dot product lie in the order in which it reads them.
# m, n and k are at least 1.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        slli    a6, a5, 2               # bytes of a row of A
row:
        add     a7, a0, a6              # where this row of A ends
        mv      t1, a1                  # Bt, from its first row
        mv      t2, a4                  # columns to go
column:
        mv      t0, a0
        fmv.w.x fa0, zero               # the sum
product:
        flw     fa1, 0(t0)
        flw     fa2, 0(t1)
        addi    t0, t0, 4
        addi    t1, t1, 4               # runs on into the next row of Bt
        .ifdef  NO_FMA
        fmul.s  fa1, fa1, fa2
        fadd.s  fa0, fa0, fa1
        .else
        fmadd.s fa0, fa1, fa2, fa0
        .endif
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
