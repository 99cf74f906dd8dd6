# axpy in binary64, fused multiply-add, four elements at a time.
# The elements are in float.inc, the loop in axpy.inc.

        .equ    TUNED, 1

        .include "float.inc"
        floats  d, d, 3
        .include "axpy.inc"
