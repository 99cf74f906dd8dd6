# struct quant { float scale; const uint8_t *x_scales, *filter_scales; };
# void conv2d(const int4_t *x, const int4_t *filters, float *y, const struct shape *shape,
#             const struct quant *q)
#
# A 2-D convolution, INT4 with a scale of 4 bits for every vector of V = 16 channels of a pixel:
# an exact dot product of two vectors, times the product of their scales, added to a sum that
# saturates at 24 bits; y = scale * sum. Scales are bytes with the 4 bits on top, so that
# sprod8, which drops the low 8 bits of the product of two bytes, drops zeros. The scales of a
# tensor are laid out as its vectors are: a scale a byte, a vector eight bytes.
# Channels are filled up to a multiple of 16. See conv2d.inc for the layout.

        .include "conv2d.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  conv2d
        .type   conv2d, @function
conv2d:
        enter
        flw     fa0, 0(a4)              # coarse scale of x times that of the filters
        ld      s10, 8(a4)              # scales of x
        ld      s11, 16(a4)             # scales of the filters
        srli    t0, a0, 3
        sub     s10, s10, t0            # scale of the vector at p: s10 + p / 8
        sd      s1, 96(sp)              # s1 is needed below
image:
        ld      a7, 96(sp)              # output rows to go
output_row:
        mv      t0, s2                  # output columns to go
window:
        mv      t4, a1                  # the filters, from the first
        mv      a3, s11                 # and their scales
        mv      t1, s3                  # filters to go
filter:
        mv      t3, a0
        mv      t2, s4                  # rows of the window to go
        li      a6, 0                   # the sum
window_row:
        add     t5, t3, s5
        srli    t6, t3, 3
        add     t6, t6, s10             # scales of this row of the window
vector:
        ld      a4, 0(t3)
        ld      a5, 0(t4)
        vsq.dotsp.n a4, a4, a5
        lbu     a5, 0(t6)
        lbu     s1, 0(a3)
        vsq.sprod8 a5, a5, s1
        vsq.sacc.s24 a6, a4, a5
        addi    t3, t3, 8
        addi    t4, t4, 8               # runs on into the next row and filter
        addi    t6, t6, 1
        addi    a3, a3, 1
        bne     t3, t5, vector

        add     t3, t3, s6
        addi    t2, t2, -1
        bnez    t2, window_row

        fcvt.s.w fa1, a6                # exact: the sum has 24 bits
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
