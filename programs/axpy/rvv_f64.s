# axpy in vectors: binary64, a fused multiply-add a lane.
# The step is in ../steps/rvv_float.inc, the loop in rvv.inc.

        .include "../steps/rvv_float.inc"
        floats  64, d, 3
        .include "rvv.inc"
        vectors 10                      # fa0
