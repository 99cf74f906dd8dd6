# axpy in binary16, fused multiply-add.
# The elements are in float.inc, the loop in axpy.inc.

        .include "float.inc"
        floats  h, h, 1
        .include "axpy.inc"
