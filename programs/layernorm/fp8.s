# Layer normalisation of rows, FP8 (E5M2) with sums in binary16. See layernorm.inc.

        .include "layernorm.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  layernorm
        .type   layernorm, @function
layernorm:
        constants
row:
        vfcpka.s.s fa0, ft11, ft11
        mv      t0, a0
        add     t3, a0, a6
1:      fld     ft0, 0(t0)
        addi    t0, t0, 8
        vfsumex.h.b fa0, ft0
        bne     t0, t3, 1b
        vfcpka.s.s fa5, ft11, ft11
        vfsumex.s.h fa5, fa0
        vfcpka.s.s fa1, ft11, ft11
        vfsum.s fa1, fa5
        fmul.s  fa1, fa1, fa6
        fcvt.b.s fa2, fa1               # the mean

        vfcpka.s.s fa0, ft11, ft11
        mv      t0, a0
1:      fld     ft0, 0(t0)
        addi    t0, t0, 8
        vfsub.r.b fa3, ft0, fa2
        vfdotpex.h.b fa0, fa3, fa3
        bne     t0, t3, 1b
        vfcpka.s.s fa5, ft11, ft11
        vfsumex.s.h fa5, fa0
        vfcpka.s.s fa1, ft11, ft11
        vfsum.s fa1, fa5
        fmul.s  fa1, fa1, fa6           # the variance
        fadd.s  fa1, fa1, fa7
        fsqrt.s fa1, fa1
        fdiv.s  fa1, ft10, fa1
        fcvt.b.s fa4, fa1               # one over the deviation

        mv      t4, a1
1:      fld     ft0, 0(a0)
        fld     ft1, 0(t4)
        add     t5, t4, a6
        fld     ft2, 0(t5)
        addi    a0, a0, 8
        addi    t4, t4, 8
        vfsub.r.b fa3, ft0, fa2
        vfmul.r.b fa3, fa3, fa4
        vfmul.b fa3, fa3, ft1
        vfadd.b fa3, fa3, ft2
        fsd     fa3, 0(a2)
        addi    a2, a2, 8
        bne     a0, t3, 1b
        addi    a3, a3, -1
        bnez    a3, row
        ret
        .size   layernorm, . - layernorm
