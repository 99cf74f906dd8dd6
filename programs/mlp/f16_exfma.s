# mlp of binary16, summed in binary32 by two expanding FMAs.
# The step is in ../steps, the numbers in ../functions, the loop nest in mlp.inc.

        .macro  products sum, a, b
        vfmacex.s.h  \sum, \a, \b
        vfmacexu.s.h \sum, \a, \b
        .endm

        .include "../steps/f16.inc"
        .include "../functions/float.inc"
        floats  s, w, 2, 23, 6
        .include "../functions/elements.inc"
        narrow  h, h
        .include "mlp.inc"
