# C = A B, FP8 (E5M2) products summed in binary16 by packed expanding multiply-adds, with
# streams and repetition: gemm_fp8_opt_ex with two instructions in place of one. See snitch.inc.

        .include "snitch.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        begin   3, 16, 2
        addi    t2, a7, -1
tile:
        clear_sums
        frep.o  t2, 16, 0, 0
        vfmacex.h.b fa0, ft1, ft0
        vfmacexu.h.b fa0, ft1, ft0
        vfmacex.h.b fa1, ft1, ft0
        vfmacexu.h.b fa1, ft1, ft0
        vfmacex.h.b fa2, ft1, ft0
        vfmacexu.h.b fa2, ft1, ft0
        vfmacex.h.b fa3, ft1, ft0
        vfmacexu.h.b fa3, ft1, ft0
        vfmacex.h.b fa4, ft1, ft0
        vfmacexu.h.b fa4, ft1, ft0
        vfmacex.h.b fa5, ft1, ft0
        vfmacexu.h.b fa5, ft1, ft0
        vfmacex.h.b fa6, ft1, ft0
        vfmacexu.h.b fa6, ft1, ft0
        vfmacex.h.b fa7, ft1, ft0
        vfmacexu.h.b fa7, ft1, ft0
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
