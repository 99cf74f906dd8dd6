# gemm of INT4, one scale per tensor, 32-bit sums, two by two elements of C at a time.
# The loop nest is in scaled_tuned.inc.

        .equ    SCALES, 0

        .macro  row_bytes to, elements
        srli    \to, \elements, 1
        .endm

        .macro  products sum, a, b, a_scale, b_scale
        vsq.sdotsp.n \sum, \a, \b
        .endm

        .include "scaled_tuned.inc"
