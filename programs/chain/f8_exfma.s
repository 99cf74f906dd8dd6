# Chains of expanding FMAs, FP8 (E5M2) into binary16: a rounding after each product.
# Lane l takes elements l and 4 + l of a doubleword (Xexfma, rvx's own twin of ExSdotp).

        .macro  products sums, x, y
        vfmacex.h.b  \sums, \x, \y
        vfmacexu.h.b \sums, \x, \y
        .endm

        .include "chain.inc"
