# dot in vectors: INT8, one scale per tensor, summed exactly in 32 bits.
#
# void dot(const int8_t *x, const int8_t *y, float *result, size_t k, const struct quant *q)

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  dot
        .type   dot, @function
dot:
        flw     fa0, 0(a4)
        vsetivli zero, 1, e32, m1, ta, ma
        vmv.v.i v24, 0                  # the sum
strip:
        vsetvli t0, a3, e8, m4, ta, ma
        vle8.v  v8, (a0)
        vle8.v  v12, (a1)
        sub     a3, a3, t0
        add     a0, a0, t0
        add     a1, a1, t0
        vwmul.vv v16, v8, v12
        vsetvli zero, zero, e16, m8, ta, ma
        vwredsum.vs v24, v16, v24
        bnez    a3, strip

        vsetivli zero, 1, e32, m1, ta, ma
        vmv.x.s t0, v24
        fcvt.s.w fa1, t0
        fmul.s  fa1, fa1, fa0
        fsw     fa1, 0(a2)
        ret
        .size   dot, . - dot
