# mlp of NVFP4: E2M1 with an E4M3 scale per 16 elements, binary32 sums.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/nvfp4.s"
        .include "../gemm/nvfp4.s"
        .include "../functions/quantised.inc"
        .include "mlp.inc"
