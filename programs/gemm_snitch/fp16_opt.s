# C = A B, packed binary16, with streams and repetition: the shape of gemm_fp16_opt. See snitch.inc.

        .include "snitch.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        begin   2, 8, 1
        addi    t2, a7, -1
tile:
        clear_sums
        frep.o  t2, 8, 0, 0
        columns vfmac.h
        clear_reduced
        reduce  vfsumex.s.h
        clear_sums
        reduce_again vfsum.s
        vfcpka.h.s fa0, fa0, fa1
        vfcpkb.h.s fa0, fa2, fa3
        vfcpka.h.s fa1, fa4, fa5
        vfcpkb.h.s fa1, fa6, fa7
        fsd     fa0, 0(a2)
        fsd     fa1, 8(a2)
tile_end:
        finish  16, tile
        .size   gemm, . - gemm
