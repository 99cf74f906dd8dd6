# gemm of BF16 with one dot product at a time (Zvdota).
# The blocks are in dota.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 0
        .equ    SHIFT, 1

        # altfmt: halves are BF16.
        .macro  setting to, left
        vsetvli \to, \left, e16alt, m2, ta, ma
        .endm

        .macro  load group, pointer
        vle16.v  \group, (\pointer)
        .endm

        .macro  dot sums, b, a
        vfwdota.vv \sums, \b, \a
        .endm

        .include "dota.inc"
        .include "nest.inc"
