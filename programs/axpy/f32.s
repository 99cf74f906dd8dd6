# axpy in binary32, fused multiply-add.
# The elements are in float.inc, the loop in axpy.inc.

        .include "float.inc"
        floats  w, s, 2
        .include "axpy.inc"
