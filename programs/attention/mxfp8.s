# attention of MXFP8 (E4M3): a power of two per 32 elements, binary32 sums.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/mxfp8.s"
        .include "../gemm/mxfp8.s"
        .include "../functions/quantised.inc"
        .include "attention.inc"
