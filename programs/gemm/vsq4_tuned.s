# gemm of INT4 with a 4-bit scale per 16 elements, 24-bit sums, two by two elements of C at a time.
# The loop nest is in scaled_tuned.inc.

        .equ    SCALES, 1

        .macro  row_bytes to, elements
        srli    \to, \elements, 1
        .endm

        .macro  products sum, a, b, a_scale, b_scale
        vsq.dotsp.n s2, \a, \b
        vsq.sprod8 s3, \a_scale, \b_scale
        vsq.sacc.s24 \sum, s2, s3
        .endm

        .include "scaled_tuned.inc"
