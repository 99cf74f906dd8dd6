# dot in vectors: binary32, products rounded, then added in their order, a lane is an element.
# All of it is in rvv.inc.

        .include "rvv.inc"
        floats  32, 2
