# gemm of binary16, summed in binary32 by expanding FMAs: each lane adds one product to its sum
# and rounds. The twin of f16_exsdotp with Xexfma, rvx's own extension for this comparison: it takes
# two instructions where ExSdotp takes one.
# The step is in ../steps/f16.inc, the loop nest in plain.inc.

        .macro  products sum, a, b
        vfmacex.s.h  \sum, \a, \b        # the lower half of the elements
        vfmacexu.s.h \sum, \a, \b        # the upper half
        .endm

        .include "../steps/f16.inc"
        .include "plain.inc"
