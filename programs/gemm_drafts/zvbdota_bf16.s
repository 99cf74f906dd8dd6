# gemm of BF16 with eight dot products at a time (Zvbdota).
# The blocks are in bdota.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 1

        # altfmt: halves are BF16.
        .macro  setting to, left
        vsetvli \to, \left, e16alt, m1, ta, ma
        .endm

        .macro  load group, pointer
        vle16.v  \group, (\pointer)
        .endm

        .macro  dots sums, b, a
        vfwbdota.vv \sums, \b, \a
        .endm

        .include "bdota.inc"
        .include "nest.inc"
