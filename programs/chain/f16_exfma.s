# Chains of expanding FMAs, binary16 into binary32: a rounding after each product.
# Lane l takes elements l and 2 + l of a doubleword (Xexfma, rvx's own twin of ExSdotp).

        .macro  products sums, x, y
        vfmacex.s.h  \sums, \x, \y
        vfmacexu.s.h \sums, \x, \y
        .endm

        .include "chain.inc"
