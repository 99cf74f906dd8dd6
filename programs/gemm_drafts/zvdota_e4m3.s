# gemm of FP8 (E4M3) with one dot product at a time (Zvdota).
# The blocks are in dota.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 0

        .macro  setting to, left
        vsetvli \to, \left, e8, m2, ta, ma
        .endm

        .macro  load group, pointer
        vle8.v  \group, (\pointer)
        .endm

        .macro  dot sums, b, a
        vfqwdota.vv \sums, \b, \a
        .endm

        .include "dota.inc"
        .include "nest.inc"
