# conv2d of NVFP4: E2M1 with an E4M3 scale per 16 elements, binary32 sums.
# The step is in ../steps/nvfp4.inc, the loop nest in nest.inc.

        .include "../steps/nvfp4.inc"
        .include "nest.inc"
