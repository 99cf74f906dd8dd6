# Softmax of rows, binary16 with sums in binary32, with streams and repetition. See softmax.inc.

        .include "softmax.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  softmax
        .type   softmax, @function
softmax:
        constants
        srli    t2, a6, 3
        addi    t2, t2, -1              # steps of a row, less one
        scfgwi  t2, 2 << 5 | 31         # every stream: a row
        li      t0, 1
        scfgwi  t0, 3 << 5 | 31         # twice, where two loops are started
        li      t3, 8
        scfgwi  t3, 6 << 5 | 31
        sub     t3, t3, a6
        scfgwi  t3, 7 << 5 | 31
        csrsi   0x7c0, 1
row:
        scfgwi  a0, 25 << 5 | 0         # x, twice
        scfgwi  a1, 25 << 5 | 1         # bias, twice
        scfgwi  a2, 28 << 5 | 2         # exponentials
        fsgnj.d fa0, ft7, ft7
        frep.o  t2, 2, 0, 0
        vfadd.h fa3, ft0, ft1
        vfmax.h fa0, fa0, fa3
        largest

        vfcpka.s.s fa2, ft11, ft11
        frep.o  t2, 15, 0, 0
        vfadd.h fa3, ft0, ft1
        exponential
        fsgnj.d ft2, fa4, fa4
        invert

        scfgwi  a2, 24 << 5 | 0         # exponentials
        scfgwi  a2, 28 << 5 | 2         # and what becomes of them
        frep.o  t2, 1, 0, 0
        vfmul.r.h ft2, ft0, fa5
        add     a0, a0, a6
        add     a2, a2, a6
        addi    a3, a3, -1
        bnez    a3, row
        csrci   0x7c0, 1
        ret
        .size   softmax, . - softmax
