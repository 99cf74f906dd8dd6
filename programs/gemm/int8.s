# void gemm(const int8_t *a, const int8_t *bt, float *c, size_t m, size_t n, size_t k,
#           const float *scale)
#
# C = scale * A B, INT8 with one scale per tensor: eight products an instruction, summed exactly
# in 32 bits (the sum cannot overflow for k up to 133144).
# A is m by k and C is m by n, both by rows; B is stored transposed, n by k.
# k is a multiple of 8, filled up with zeros; m, n and k are at least 1.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        flw     fa0, 0(a6)              # scale of A times scale of B
row:
        add     a7, a0, a5              # where this row of A ends
        mv      t1, a1                  # Bt, from its first row
        mv      t2, a4                  # columns to go
column:
        mv      t0, a0
        li      t5, 0                   # the sum
products:
        ld      t3, 0(t0)               # eight elements of A
        ld      t4, 0(t1)
        addi    t0, t0, 8
        addi    t1, t1, 8               # runs on into the next row of Bt
        vsq.sdotsp.b t5, t3, t4
        bne     t0, a7, products

        fcvt.s.w fa1, t5
        fmul.s  fa1, fa1, fa0
        fsw     fa1, 0(a2)
        addi    a2, a2, 4
        addi    t2, t2, -1
        bnez    t2, column

        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
