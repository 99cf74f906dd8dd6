# axpy in vectors: binary32, a fused multiply-add a lane.
# The step is in ../steps/rvv_float.inc, the loop in rvv.inc.

        .include "../steps/rvv_float.inc"
        floats  32, w, 2
        .include "rvv.inc"
        vectors 10                      # fa0
