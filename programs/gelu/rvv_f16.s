# GELU in vectors of binary16, computed in binary32.
# The functions are in ../functions, the loop in rvv.inc.

        .equ    SHIFT, 1

        .macro  widen to, from
        vfwcvt.f.f.v \to, \from
        .endm

        .macro  narrow to, from
        vfncvt.f.f.w \to, \from
        .endm

        .include "rvv.inc"
