# C = A B, packed binary32, with streams and repetition: the shape of gemm_fp32_opt. See snitch.inc.

        .include "snitch.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        begin   1, 8, 1
        addi    t2, a7, -2              # the first step does not accumulate
tile:
        clear_reduced
        columns vfmul.s
        frep.o  t2, 8, 0, 0
        columns vfmac.s
        reduce  vfsum.s
        vfcpka.s.s fa0, ft3, ft4
        vfcpka.s.s fa1, ft5, ft6
        vfcpka.s.s fa2, ft7, ft8
        vfcpka.s.s fa3, ft9, ft10
        fsd     fa0, 0(a2)
        fsd     fa1, 8(a2)
        fsd     fa2, 16(a2)
        fsd     fa3, 24(a2)
tile_end:
        finish  32, tile
        .size   gemm, . - gemm
