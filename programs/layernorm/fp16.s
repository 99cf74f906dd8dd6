# Layer normalisation of rows, binary16 with sums in binary32.

        .include "layernorm.inc"
        normalise h, s.h
