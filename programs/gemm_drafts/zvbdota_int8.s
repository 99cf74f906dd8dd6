# gemm of INT8 with eight dot products at a time (Zvbdota).
# The blocks are in bdota.inc, the loop nest in nest.inc.

        .equ    INTEGERS, 1
        .equ    SHIFT, 0

        # altfmt: bytes of vs1 are signed, as those of vs2 are.
        .macro  setting to, left
        vsetvli \to, \left, e8alt, m1, ta, ma
        .endm

        .macro  load group, pointer
        vle8.v  \group, (\pointer)
        .endm

        .macro  dots sums, b, a
        vqwbdotas.vv \sums, \b, \a
        .endm

        .include "bdota.inc"
        .include "nest.inc"
