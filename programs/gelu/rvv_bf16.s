# GELU in vectors of BF16, computed in binary32.
# The functions are in ../functions, the loop in rvv.inc.

        .equ    SHIFT, 1

        .macro  widen to, from
        vfwcvtbf16.f.f.v \to, \from
        .endm

        .macro  narrow to, from
        vfncvtbf16.f.f.w \to, \from
        .endm

        .include "rvv.inc"
