# gemm of FP8 (E4M3) with eight dot products at a time (Zvbdota).
# The blocks are in bdota.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 0

        .macro  setting to, left
        vsetvli \to, \left, e8, m1, ta, ma
        .endm

        .macro  load group, pointer
        vle8.v  \group, (\pointer)
        .endm

        .macro  dots sums, b, a
        vfqwbdota.vv \sums, \b, \a
        .endm

        .include "bdota.inc"
        .include "nest.inc"
