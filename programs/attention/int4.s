# attention of INT4, one scale per tensor, 32-bit sums.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/int4.s"
        .include "../gemm/int4.s"
        .include "../functions/quantised.inc"
        .include "attention.inc"
