# axpy in posit8, exact until it is rounded, four elements at a time.
# The elements are in posit.inc, the loop in axpy.inc.

        .equ    TUNED, 1
        .equ    SHIFT, 0
        .equ    QUIRE, 1
        .include "posit.inc"
        .include "axpy.inc"
