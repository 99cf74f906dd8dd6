# void conv2d(const half *x, const half *filters, float *y, const struct shape *shape)
#
# f16_exsdotp with streams and repetition: nothing but dot products is executed for a filter and a
# window. Stream 0 is the window, once for every filter; stream 1 is all filters, one after the other.
# See conv2d.inc for the layout.

        .include "conv2d.inc"
        .include "streams.inc"

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  conv2d
        .type   conv2d, @function
conv2d:
        enter
        configure
image:
        mv      a7, s1                  # output rows to go
output_row:
        mv      t0, s2                  # output columns to go
window:
        scfgwi  a0, 26 << 5 | 0         # three loops
        scfgwi  a1, 24 << 5 | 1
        mv      t2, s3                  # filters to go
filter:
        fmv.d.x fa0, zero               # two sums
        frep.o  t1, 1, 0, 0
        vfdotpex.s.h fa0, ft0, ft1      # four channels
        fmv.d.x fa1, zero
        vfsum.s fa1, fa0                # 0 + lane 0 + lane 1, rounded once
        fsw     fa1, 0(a2)
        addi    a2, a2, 4
        addi    t2, t2, -1
        bnez    t2, filter

        add     a0, a0, s7
        addi    t0, t0, -1
        bnez    t0, window

        add     a0, a0, s8
        addi    a7, a7, -1
        bnez    a7, output_row

        add     a0, a0, s9
        addi    s0, s0, -1
        bnez    s0, image
        csrci   0x7c0, 1
        leave
        .size   conv2d, . - conv2d
