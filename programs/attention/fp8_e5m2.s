# attention of FP8 (E5M2) with one scale per tensor, binary32 sums.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/fp8_e5m2.s"
        .include "../gemm/fp8_e5m2.s"
        .include "../functions/quantised.inc"
        .include "attention.inc"
