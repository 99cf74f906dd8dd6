# Layer normalisation of rows, FP8 (E5M2) with sums in binary16, with streams and repetition.

        .include "layernorm.inc"
        normalise_streams b, h.b
