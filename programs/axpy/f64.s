# axpy in binary64, fused multiply-add.
# The elements are in float.inc, the loop in axpy.inc.

        .include "float.inc"
        floats  d, d, 3
        .include "axpy.inc"
