# void gemm(const fp8 *a, const fp8 *bt, float *c, size_t m, size_t n, size_t k)
#
# C = A B, FP8 (E5M2) products summed in binary16 by ExSdotp: each of the four lanes adds two
# products to its sum and rounds once. The four sums are added in binary32 at the end.
# A is m by k and C is m by n, both by rows; B is stored transposed, n by k.
# k is a multiple of 8, filled up with zeros; m, n and k are at least 1.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
row:
        add     a7, a0, a5              # where this row of A ends
        mv      t1, a1                  # Bt, from its first row
        mv      t2, a4                  # columns to go
column:
        mv      t0, a0
        fmv.d.x fa0, zero               # four sums
products:
        fld     fa1, 0(t0)              # eight elements of A
        fld     fa2, 0(t1)
        addi    t0, t0, 8
        addi    t1, t1, 8               # runs on into the next row of Bt
        vfdotpex.h.b fa0, fa1, fa2
        bne     t0, a7, products

        fmv.d.x fa1, zero
        vfsumex.s.h fa1, fa0            # lanes 0 + 1 and lanes 2 + 3, in binary32
        fmv.d.x fa0, zero
        vfsum.s fa0, fa1                # 0 + both, rounded once
        fsw     fa0, 0(a2)
        addi    a2, a2, 4
        addi    t2, t2, -1
        bnez    t2, column

        mv      a0, a7
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
