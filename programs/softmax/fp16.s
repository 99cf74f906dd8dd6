# Softmax of rows, binary16 with sums in binary32. See softmax.inc.

        .include "softmax.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  softmax
        .type   softmax, @function
softmax:
        constants
row:
        mv      t1, a0
        mv      t2, a1
        add     t3, a0, a6
        fsgnj.d fa0, ft7, ft7
1:      fld     ft0, 0(t1)
        fld     ft1, 0(t2)
        addi    t1, t1, 8
        addi    t2, t2, 8
        vfadd.h fa3, ft0, ft1
        vfmax.h fa0, fa0, fa3
        bne     t1, t3, 1b
        largest

        vfcpka.s.s fa2, ft11, ft11
        mv      t2, a1
        mv      t4, a2
1:      fld     ft0, 0(a0)
        fld     ft1, 0(t2)
        addi    a0, a0, 8
        addi    t2, t2, 8
        vfadd.h fa3, ft0, ft1
        exponential
        fsd     fa4, 0(t4)
        addi    t4, t4, 8
        bne     a0, t3, 1b
        invert

1:      fld     ft0, 0(a2)
        vfmul.r.h fa3, ft0, fa5
        fsd     fa3, 0(a2)
        addi    a2, a2, 8
        bne     a2, t4, 1b
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   softmax, . - softmax
