# C = A B in binary64 with streams and one repetition within another: the shape of gemm_fp64_opt.
# Nothing but arithmetic is executed: sums leave through stream 2. See snitch.inc.

        .include "snitch.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  gemm
        .type   gemm, @function
gemm:
        begin   0, 8, 1
        li      t3, 8
        li      t0, 7
        scfgwi  t0, 2 << 5 | 2          # C: eight columns of a tile
        addi    t0, t1, -1
        scfgwi  t0, 3 << 5 | 2          # all tiles
        scfgwi  t3, 6 << 5 | 2
        scfgwi  t3, 7 << 5 | 2
        scfgwi  a2, 29 << 5 | 2         # two loops, written
        addi    t2, a5, -3
tile:
        frep.o  t0, 24, 0, 0
        columns fmul.d
        frep.o  t2, 8, 0, 0
        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7
        fmadd.d fa\i, ft0, ft1, fa\i
        .endr
        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7
        fmadd.d ft2, ft0, ft1, fa\i
        .endr
tile_end:
        csrci   0x7c0, 1
        ret
        .size   gemm, . - gemm
