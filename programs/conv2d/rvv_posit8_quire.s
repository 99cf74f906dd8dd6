# conv2d in vectors: posit8, exact sums in the quire, each rounded once.
# The step is in ../steps/rvv_quire.inc, the loop nest in nest.inc.

        .include "../steps/rvv_quire.inc"
        quire   8, 0
        .include "nest.inc"
