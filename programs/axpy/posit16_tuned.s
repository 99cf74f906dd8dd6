# axpy in posit16, product and sum rounded, four elements at a time.
# The elements are in posit.inc, the loop in axpy.inc.

        .equ    TUNED, 1
        .equ    SHIFT, 1
        .equ    QUIRE, 0
        .include "posit.inc"
        .include "axpy.inc"
