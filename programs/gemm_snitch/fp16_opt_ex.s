# C = A B, binary16 products summed in binary32 by ExSdotp, with streams and repetition:
# the shape of gemm_fp16_opt_ex. See snitch.inc.

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
        columns vfdotpex.s.h
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
