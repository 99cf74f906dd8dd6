# Chains of ExSdotp, binary16 into binary32: two products, one rounding.
# Lane l takes elements 2l and 2l + 1 of a doubleword.

        .macro  products sums, x, y
        vfdotpex.s.h \sums, \x, \y
        .endm

        .include "chain.inc"
