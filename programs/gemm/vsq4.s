# struct quant { float scale; const uint8_t *a_scales, *bt_scales; };
# void gemm(const int4_t *a, const int4_t *bt, float *c, size_t m, size_t n, size_t k,
#           const struct quant *q)
#
# C = scale * A B, INT4 with a scale of 4 bits for every vector of V = 16 elements along k:
# an exact dot product of two vectors, times the product of their scales, added to a sum that
# saturates at 24 bits. Scales are bytes with the 4 bits on top, so that sprod8, which drops
# the low 8 bits of the product of two bytes, drops zeros.
# A is m by k and C is m by n, both by rows; B is stored transposed, n by k; element 0 of a
# vector is in the low half of byte 0. Scales of a row follow each other in the same order.
# k is a multiple of 16, filled up with zeros; m, n and k are at least 1.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        addi    sp, sp, -32
        sd      s0, 0(sp)
        sd      s1, 8(sp)
        sd      s2, 16(sp)
        flw     fa0, 0(a6)              # coarse scale of A times coarse scale of B
        ld      s0, 8(a6)               # scales of this row of A
        ld      s1, 16(a6)              # scales of Bt
        srli    a5, a5, 1               # bytes of a row of A
row:
        add     a7, a0, a5              # where this row of A ends
        mv      t1, a1                  # Bt and its scales, from the first row
        mv      s2, s1
        mv      t2, a4                  # columns to go
column:
        mv      t0, a0
        mv      t6, s0
        li      t5, 0                   # the sum
vector:
        ld      t3, 0(t0)
        ld      t4, 0(t1)
        vsq.dotsp.n t3, t3, t4
        lbu     t4, 0(t6)
        lbu     a6, 0(s2)
        vsq.sprod8 t4, t4, a6
        vsq.sacc.s24 t5, t3, t4
        addi    t0, t0, 8
        addi    t1, t1, 8               # runs on into the next row of Bt
        addi    t6, t6, 1
        addi    s2, s2, 1
        bne     t0, a7, vector

        fcvt.s.w fa1, t5                # exact: the sum has 24 bits
        fmul.s  fa1, fa1, fa0
        fsw     fa1, 0(a2)
        addi    a2, a2, 4
        addi    t2, t2, -1
        bnez    t2, column

        mv      a0, a7
        mv      s0, t6
        addi    a3, a3, -1
        bnez    a3, row

        ld      s0, 0(sp)
        ld      s1, 8(sp)
        ld      s2, 16(sp)
        addi    sp, sp, 32
        ret
        .size   gemm, . - gemm
