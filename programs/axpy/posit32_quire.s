# axpy in posit32, exact until it is rounded.
# The elements are in posit.inc, the loop in axpy.inc.

        .equ    SHIFT, 2
        .equ    QUIRE, 1
        .include "posit.inc"
        .include "axpy.inc"
