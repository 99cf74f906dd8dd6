# axpy in posit16, product and sum rounded.
# The elements are in posit.inc, the loop in axpy.inc.

        .equ    SHIFT, 1
        .equ    QUIRE, 0
        .include "posit.inc"
        .include "axpy.inc"
