# C = A B, binary16 products summed in binary32 by packed expanding multiply-adds, with
# streams and repetition: gemm_fp16_opt_ex with two instructions in place of one. See snitch.inc.

        .include "snitch.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        begin   2, 16, 2
        addi    t2, a7, -1
tile:
        clear_sums
        frep.o  t2, 16, 0, 0
        vfmacex.s.h fa0, ft1, ft0
        vfmacexu.s.h fa0, ft1, ft0
        vfmacex.s.h fa1, ft1, ft0
        vfmacexu.s.h fa1, ft1, ft0
        vfmacex.s.h fa2, ft1, ft0
        vfmacexu.s.h fa2, ft1, ft0
        vfmacex.s.h fa3, ft1, ft0
        vfmacexu.s.h fa3, ft1, ft0
        vfmacex.s.h fa4, ft1, ft0
        vfmacexu.s.h fa4, ft1, ft0
        vfmacex.s.h fa5, ft1, ft0
        vfmacexu.s.h fa5, ft1, ft0
        vfmacex.s.h fa6, ft1, ft0
        vfmacexu.s.h fa6, ft1, ft0
        vfmacex.s.h fa7, ft1, ft0
        vfmacexu.s.h fa7, ft1, ft0
        clear_reduced
        reduce  vfsum.s
        vfcpka.h.s fa0, ft3, ft4
        vfcpkb.h.s fa0, ft5, ft6
        vfcpka.h.s fa1, ft7, ft8
        vfcpkb.h.s fa1, ft9, ft10
        fsd     fa0, 0(a2)
        fsd     fa1, 8(a2)
tile_end:
        finish  16, tile
        .size   gemm, . - gemm
