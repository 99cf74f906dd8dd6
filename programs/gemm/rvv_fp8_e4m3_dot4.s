# gemm in vectors: FP8 (E4M3), dot products of four elements, summed in binary32.
#
# void gemm(const uint8_t *a, const uint8_t *bt, float *c, size_t m, size_t n, size_t k)
#
# A is m by k and C is m by n, both by rows; B is stored transposed, n by k. k is a multiple of four,
# filled up with zeros; m, n and k are at least 1. A lane is a column of C, and takes up four products of
# a row of B at a time.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        slli    a6, a4, 2               # bytes of a row of C
strip:
        vsetvli a7, a4, e32, m8, ta, ma # columns of this strip
        mv      t0, a0                  # A, from its first row
        mv      t1, a2                  # C, from its first row
        mv      t2, a3                  # rows to go
row:
        mv      t3, a1                  # Bt, from the first row of this strip
        add     t4, t0, a5              # the next row of A
        vmv.v.i v8, 0
element:
        vlse32.v v16, (t3), a5          # four elements of each row of Bt
        lw      t5, 0(t0)
        addi    t3, t3, 4
        addi    t0, t0, 4
        vfe4m3dot4.vx v8, t5, v16
        bne     t0, t4, element

        vse32.v v8, (t1)
        add     t1, t1, a6
        addi    t2, t2, -1
        bnez    t2, row

        mul     t0, a7, a5
        add     a1, a1, t0
        slli    t0, a7, 2
        add     a2, a2, t0
        sub     a4, a4, a7
        bnez    a4, strip
        ret
        .size   gemm, . - gemm
