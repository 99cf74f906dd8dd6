# C = A B, packed binary32: the shape of gemm_fp32_baseline, one column at a
# time without streams. See snitch.inc for the arguments.

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        fmv.w.x ft11, zero
        mv      t3, a1
row:
        mv      t2, a4                  # columns to go
        mv      a1, t3
column:
        mv      a6, a0
tile:
        vfcpka.s.s ft2, ft11, ft11
        fld     ft0, 0(a6)
        fld     ft1, 0(a1)
        addi    a6, a6, 8
        addi    a1, a1, 8               # runs on into the next row of Bt
        vfmul.s ft3, ft0, ft1
        li      t0, 2
products:
        fld     ft0, 0(a6)
        fld     ft1, 0(a1)
        vfmac.s ft3, ft0, ft1
        addi    a6, a6, 8
        addi    a1, a1, 8
        addi    t0, t0, 2
        blt     t0, a5, products
        vfsum.s ft2, ft3
        fsw     ft2, 0(a2)
tile_end:
        addi    a2, a2, 4
        addi    t2, t2, -1
        bnez    t2, column
        mv      a0, a6
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
