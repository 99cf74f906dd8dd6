# axpy in posit32, exact until it is rounded, four elements at a time.
# The elements are in posit.inc, the loop in axpy.inc.

        .equ    TUNED, 1
        .equ    SHIFT, 2
        .equ    QUIRE, 1
        .include "posit.inc"
        .include "axpy.inc"
