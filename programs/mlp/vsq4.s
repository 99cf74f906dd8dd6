# mlp of INT4 with a 4-bit scale per 16 elements, 24-bit sums.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/vsq4.s"
        .include "../gemm/vsq4.s"
        .include "../functions/quantised.inc"
        .include "mlp.inc"
