# Chains of ExSdotp, FP8 (E5M2) into binary16: two products, one rounding.
# Lane l takes elements 2l and 2l + 1 of a doubleword.

        .macro  products sums, x, y
        vfdotpex.h.b \sums, \x, \y
        .endm

        .include "chain.inc"
