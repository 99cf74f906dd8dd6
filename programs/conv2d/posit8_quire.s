# void conv2d(const posit8 *x, const posit8 *filters, posit8 *y, const struct shape *shape)
#
# A 2-D convolution in posit8 with exact sums: the quire holds each without rounding, and each
# element of y is rounded once. See conv2d.inc for the layout.

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
        qclr.s
window_row:
        add     t5, t3, s5
product:
        plw     pt0, 0(t3)
        plw     pt1, 0(t4)
        addi    t3, t3, 1
        addi    t4, t4, 1               # runs on into the next row and filter
        qmadd.s pt0, pt1
        bne     t3, t5, product

        add     t3, t3, s6
        addi    t2, t2, -1
        bnez    t2, window_row

        qround.s pt0
        psw     pt0, 0(a2)
        addi    a2, a2, 1
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
