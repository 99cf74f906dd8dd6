"""Integer formats of quantised tensors, and the kernels of packed integer arithmetic.

Rooms: `format` the formats as values; `exact` the reference on Python integers; `scalar` (lanes
and dot products), `accumulate` (scales, saturation) and `single` (from binary32) the compiled
kernels; `array` and `calibrate` the quantisers on NumPy arrays.
"""

from rvx.formats.integer.format import (
    INT3,
    INT4,
    INT6,
    INT8,
    INT16,
    UINT3,
    UINT4,
    UINT6,
    UINT8,
    UINT16,
    Integer,
    parse,
)

__all__ = [
    "INT3",
    "INT4",
    "INT6",
    "INT8",
    "INT16",
    "UINT3",
    "UINT4",
    "UINT6",
    "UINT8",
    "UINT16",
    "Integer",
    "parse",
]
