# void quantise(const float *x, void *codes, uint8_t *scales, size_t vectors, float *coarse,
#               float *work)
#
# Quantises to NVFP4: E2M1 elements, an E4M3 scale for every vector of 16, relative to a binary32
# scale of the tensor.
#   coarse = |x|max / (448 * 6) of the tensor
#   scale = |x|max / 6 / coarse of the vector, within 2^-6 and 448, to E4M3
#   code = x / (scale * coarse) to E2M1
# in binary32. x has whole vectors, 8-byte aligned; work has room for a float a vector. vectors is
# at least 1.

        .equ    WIDTH, 4
        .equ    VECTOR, 16              # elements of a vector
        .equ    MANTISSA, 1
        .equ    BIAS, 1
        .equ    LARGEST, 0x40c00000     # 6
        .include "minifloat.inc"

        .macro  relative
        fdiv.s  fa0, fa0, fa1
        .endm

        .option norvc                   # an addition has one name in the counts
        .text
        .globl  quantise
        .type   quantise, @function
quantise:
        prepare
        mv      t0, a0
        mv      t1, a5
        mv      t4, a3                  # vectors to go
        li      t5, 0                   # |x|max of the tensor
largest:
        li      t2, 0                   # of the vector
        .set    at, 0
        .rept   8
        ld      t3, at(t0)
        vsq.amax.s t2, t3
        .set    at, at + 8
        .endr
        sw      t2, 0(t1)
        vsq.amax.s t5, t2
        addi    t0, t0, 4 * 16
        addi    t1, t1, 4
        addi    t4, t4, -1
        bnez    t4, largest

        fmv.w.x fa2, t5
        li      t2, 448 * 6
        fcvt.s.w fa3, t2
        fdiv.s  fa2, fa2, fa3
        fsw     fa2, 0(a4)
        li      t2, (127 - 6) << 23
        fmv.w.x fa3, t2                 # the limits of a scale
        li      t2, 448
        fcvt.s.w fa4, t2
        li      t5, (1 << (22 - 3)) - 1 # rounds to the 3 bits of E4M3
        lui     t4, (127 - 7) << 11     # the biases of binary32 and E4M3 apart
vector:
        flw     fa1, 0(a5)
        fdiv.s  fa1, fa1, fa5
        fdiv.s  fa1, fa1, fa2
        fmax.s  fa1, fa1, fa3           # also instead of the NaN of a tensor of zeros
        fmin.s  fa1, fa1, fa4
        fmv.x.w t2, fa1
        srli    t3, t2, 20
        andi    t3, t3, 1
        add     t2, t2, t3
        add     t2, t2, t5
        srli    t2, t2, 20
        slli    t2, t2, 20              # the pattern of the rounded scale in binary32
        fmv.w.x fa1, t2
        sub     t2, t2, t4
        srli    t2, t2, 20
        sb      t2, 0(a2)
        fmul.s  fa1, fa1, fa2
        fmv.x.w t2, fa1
        bnez    t2, elements
        fmv.s   fa1, fa5                # zeros stay zeros
elements:
        encode_all 16
        addi    a0, a0, 4 * 16
        addi    a1, a1, 8
        addi    a2, a2, 1
        addi    a5, a5, 4
        addi    a3, a3, -1
        bnez    a3, vector
        ret
        .size   quantise, . - quantise
