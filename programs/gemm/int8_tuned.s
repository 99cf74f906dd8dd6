# gemm of INT8, one scale per tensor, 32-bit sums, two by two elements of C at a time.
# The loop nest is in scaled_tuned.inc.

        .equ    SCALES, 0

        .macro  row_bytes to, elements
        mv      \to, \elements
        .endm

        .macro  products sum, a, b, a_scale, b_scale
        vsq.sdotsp.b \sum, \a, \b
        .endm

        .include "scaled_tuned.inc"
