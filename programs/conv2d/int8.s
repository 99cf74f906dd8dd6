# void conv2d(const int8_t *x, const int8_t *filters, float *y, const struct shape *shape,
#             const float *scale)
#
# A 2-D convolution, INT8 with one scale per tensor: eight products an instruction, summed
# exactly in 32 bits; y = scale * sum.
# Channels are filled up to a multiple of 8. See conv2d.inc for the layout.

        .include "conv2d.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  conv2d
        .type   conv2d, @function
conv2d:
        enter
        flw     fa0, 0(a4)              # scale of x times scale of the filters
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
        li      a6, 0                   # the sum
window_row:
        add     t5, t3, s5
products:
        ld      a4, 0(t3)               # eight channels
        ld      a5, 0(t4)
        addi    t3, t3, 8
        addi    t4, t4, 8               # runs on into the next row and filter
        vsq.sdotsp.b a6, a4, a5
        bne     t3, t5, products

        add     t3, t3, s6
        addi    t2, t2, -1
        bnez    t2, window_row

        fcvt.s.w fa1, a6
        fmul.s  fa1, fa1, fa0
        fsw     fa1, 0(a2)
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
