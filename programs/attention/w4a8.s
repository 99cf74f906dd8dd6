# attention of INT8 activations and INT4 weights with scales per 16 elements, VS-Quant's 4/8/6/10.
# Products are those of ../gemm; the function between them is computed in binary32, and its rows are
# quantised by ../quantise, with scales of their own: see ../functions/quantised_two_products.inc.

        .include "../quantise/vsq8.s"
        .include "../gemm/w4a8.s"
        .include "../functions/quantised.inc"
        .include "attention.inc"
