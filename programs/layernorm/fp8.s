# Layer normalisation of rows, FP8 (E5M2) with sums in binary16.

        .include "layernorm.inc"
        normalise b, h.b
