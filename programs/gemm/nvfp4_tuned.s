# gemm of NVFP4: E2M1 with an E4M3 scale per 16 elements, binary32 sums,
# two by two elements of C at a time.
# The step is in ../steps/pairs_nvfp4.inc, the loop nest in scaled_tuned.inc.

        .include "../steps/pairs_nvfp4.inc"
        .include "scaled_tuned.inc"
