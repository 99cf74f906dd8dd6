# gemm of INT8 with one dot product at a time (Zvdota).
# The blocks are in dota.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0

        # altfmt: bytes of vs1 are signed, as those of vs2 are.
        .macro  setting to, left
        vsetvli \to, \left, e8alt, m2, ta, ma
        .endm

        .macro  load group, pointer
        vle8.v  \group, (\pointer)
        .endm

        .macro  dot sums, b, a
        vqwdotas.vv \sums, \b, \a
        .endm

        .include "dota.inc"
        .include "nest.inc"
