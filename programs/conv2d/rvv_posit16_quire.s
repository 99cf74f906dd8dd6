# conv2d in vectors: posit16, exact sums in the quire, each rounded once.
# The step is in ../steps/rvv_quire.inc, the loop nest in nest.inc.

        .include "../steps/rvv_quire.inc"
        quire   16, 1
        .include "nest.inc"
