# axpy in binary16, fused multiply-add, four elements at a time.
# The elements are in float.inc, the loop in axpy.inc.

        .equ    TUNED, 1

        .include "float.inc"
        floats  h, h, 1
        .include "axpy.inc"
