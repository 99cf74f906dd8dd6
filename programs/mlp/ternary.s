# mlp of INT8 activations and ternary weights, one scale per tensor, 32-bit sums.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/int8.s"
        .include "../gemm/ternary.s"
        .include "../functions/quantised.inc"
        .include "mlp.inc"
