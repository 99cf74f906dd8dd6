# C = A B, FP8 (E5M2) products summed in binary16 by ExSdotp: the shape of gemm_fp8_baseline, one column at a
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
        li      t0, 0
products:
        fld     ft0, 0(a6)
        fld     ft1, 0(a1)
        addi    a6, a6, 8
        addi    a1, a1, 8               # runs on into the next row of Bt
        vfdotpex.h.b ft2, ft0, ft1
        addi    t0, t0, 8
        blt     t0, a5, products
        vfcpka.s.s ft3, ft11, ft11
        vfsumex.s.h ft3, ft2
        vfcpka.s.s ft2, ft11, ft11
        vfsum.s ft2, ft3
        vfcvt.b.s ft2, ft2
        fsb     ft2, 0(a2)
tile_end:
        addi    a2, a2, 1
        addi    t2, t2, -1
        bnez    t2, column
        mv      a0, a6
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   gemm, . - gemm
