# gemm in posit64, every product and every sum rounded, four by four elements of C at a time.
# The step is in ../steps/block_posit.inc, the loop nest in tuned.inc.

        .equ    SHIFT, 3
        .equ    QUIRE, 0
        .include "../steps/block_posit.inc"
        .include "tuned.inc"
