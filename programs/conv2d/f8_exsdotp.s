# void conv2d(const fp8 *x, const fp8 *filters, float *y, const struct shape *shape)
#
# A 2-D convolution, FP8 (E5M2) products summed in binary16 by ExSdotp: each of the four lanes
# adds two products to its sum and rounds once. The sums of the lanes are added in binary32 at the end.
# Channels are filled up to a multiple of 8. See conv2d.inc for the layout.

        .include "conv2d.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  conv2d
        .type   conv2d, @function
conv2d:
        enter
image:
        mv      a7, s1                  # output rows to go
output_row:
        mv      t0, s2                  # output columns to go
window:
        mv      t4, a1                  # the filters, from the first
        mv      t1, s3                  # filters to go
filter:
        mv      t3, a0
        mv      t2, s4                  # rows of the window to go
        fmv.d.x fa0, zero               # four sums
window_row:
        add     t5, t3, s5
products:
        fld     fa1, 0(t3)              # eight channels
        fld     fa2, 0(t4)
        addi    t3, t3, 8
        addi    t4, t4, 8               # runs on into the next row and filter
        vfdotpex.h.b fa0, fa1, fa2
        bne     t3, t5, products

        add     t3, t3, s6
        addi    t2, t2, -1
        bnez    t2, window_row

        fmv.d.x fa1, zero
        vfsumex.s.h fa1, fa0            # lanes 0 + 1 and lanes 2 + 3, in binary32
        fmv.d.x fa0, zero
        vfsum.s fa0, fa1                # 0 + both, rounded once
        fsw     fa0, 0(a2)
        addi    a2, a2, 4
        addi    t1, t1, -1
        bnez    t1, filter

        add     a0, a0, s7
        addi    t0, t0, -1
        bnez    t0, window

        add     a0, a0, s8
        addi    a7, a7, -1
        bnez    a7, output_row

        add     a0, a0, s9
        addi    s0, s0, -1
        bnez    s0, image
        leave
        .size   conv2d, . - conv2d
