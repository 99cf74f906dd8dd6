# gemm of FP8 (E5M2), summed in binary16 by expanding FMAs: each lane adds one product to its sum
# and rounds. The twin of f8_exsdotp with Xexfma, rvx's own extension for this comparison: it takes
# two instructions where ExSdotp takes one.
# The step is in ../steps/f8.inc, the loop nest in plain.inc.

        .macro  products sum, a, b
        vfmacex.h.b  \sum, \a, \b        # the lower half of the elements
        vfmacexu.h.b \sum, \a, \b        # the upper half
        .endm

        .include "../steps/f8.inc"
        .include "plain.inc"
