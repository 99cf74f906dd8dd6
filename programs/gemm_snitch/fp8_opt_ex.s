# C = A B, FP8 (E5M2) products summed in binary16 by ExSdotp, with streams and
# repetition: the shape of gemm_fp8_opt_ex. See snitch.inc.

        .include "snitch.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        begin   3, 8, 1
        addi    t2, a7, -1
tile:
        clear_sums
        frep.o  t2, 8, 0, 0
        columns vfdotpex.h.b
        clear_reduced
        reduce  vfsumex.s.h
        clear_sums
        reduce_again vfsum.s
        vfcpka.b.s fa0, fa0, fa1
        vfcpkb.b.s fa0, fa2, fa3
        vfcpkc.b.s fa0, fa4, fa5
        vfcpkd.b.s fa0, fa6, fa7
        fsd     fa0, 0(a2)
tile_end:
        finish  8, tile
        .size   gemm, . - gemm
