# Layer normalisation of rows, binary16 with sums in binary32, with streams and repetition.
# See layernorm.inc.

        .include "layernorm.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  layernorm
        .type   layernorm, @function
layernorm:
        begin
row:
        vfcpka.s.s fa0, ft11, ft11
        frep.o  t2, 1, 0, 0
        vfsumex.s.h fa0, ft0
        vfcpka.s.s fa1, ft11, ft11
        vfsum.s fa1, fa0
        fmul.s  fa1, fa1, fa6
        fcvt.h.s fa2, fa1               # the mean

        vfcpka.s.s fa0, ft11, ft11
        frep.o  t2, 2, 0, 0
        vfsub.r.h fa3, ft0, fa2
        vfdotpex.s.h fa0, fa3, fa3
        vfcpka.s.s fa1, ft11, ft11
        vfsum.s fa1, fa0
        fmul.s  fa1, fa1, fa6           # the variance
        fadd.s  fa1, fa1, fa7
        fsqrt.s fa1, fa1
        fdiv.s  fa1, ft10, fa1
        fcvt.h.s fa4, fa1               # one over the deviation

        frep.o  t2, 4, 0, 0
        vfsub.r.h fa3, ft0, fa2
        vfmul.r.h fa3, fa3, fa4
        vfmul.h fa3, fa3, ft1
        vfadd.h ft2, fa3, ft1
        addi    a3, a3, -1
        bnez    a3, row
        csrci   0x7c0, 1
        ret
        .size   layernorm, . - layernorm
