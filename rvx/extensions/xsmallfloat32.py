"""Xsmallfloat32: the instructions of Xsmallfloat on f registers of 32 bits.

A register holds two numbers of 16 bits or four of 8. There are no vectors of FP32 then, no double
precision, and vfdotpex.s.h has one lane. The upper half of the emulator's registers is written as
ones and not looked at.
"""

from rvx.extensions.smallfloat.family import make_smallfloat

Xsmallfloat32 = make_smallfloat(
    "Xsmallfloat32",
    32,
    doc="FP8 and FP16, scalar and packed in f registers of 32 bits",
    requires="F",
    conflicts={"D": "f registers of 32 bits hold no double-precision numbers"},
)
