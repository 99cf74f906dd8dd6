# Layer normalisation of rows, binary16 with sums in binary32, with streams and repetition.

        .include "layernorm.inc"
        normalise_streams h, s.h
