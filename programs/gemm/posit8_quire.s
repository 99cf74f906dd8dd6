# void gemm(const posit8 *a, const posit8 *bt, posit8 *c, size_t m, size_t n, size_t k)
#
# C = A B in posit8 with exact dot products: the quire holds every sum without rounding, and
# each element of C is rounded once.
# A is m by k and C is m by n, both by rows; B is stored transposed, n by k.
# m, n and k are at least 1, and k is below 2^31, which is what the quire has room for.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        mv      a6, a5                  # bytes of a row of A
row:
        add     a7, a0, a6              # where this row of A ends
        mv      t1, a1                  # Bt, from its first row
        mv      t2, a4                  # columns to go
column:
        mv      t0, a0
        qclr.s
product:
        plw     pt0, 0(t0)
        plw     pt1, 0(t1)
        addi    t0, t0, 1
        addi    t1, t1, 1               # runs on into the next row of Bt
        qmadd.s pt0, pt1
        bne     t0, a7, product

        qround.s pt0
        psw     pt0, 0(a2)
        addi    a2, a2, 1
        addi    t2, t2, -1
        bnez    t2, column

        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
