# dot in vectors: binary64, products rounded, then added in their order, a lane is an element.
# All of it is in rvv.inc.

        .include "rvv.inc"
        floats  64, 3
