"""The OCP microscaling formats.

Rooms: `format` the formats as values; `exact` the reference on fractions; `scalar` the compiled
dot product; `array` the quantisers.
"""

from rvx.formats.block.mx.format import (
    FORMATS,
    MXFP4,
    MXFP6_E2M3,
    MXFP6_E3M2,
    MXFP8_E4M3,
    MXFP8_E5M2,
    MXINT8,
    Mx,
    parse,
)

__all__ = [
    "FORMATS",
    "MXFP4",
    "MXFP6_E2M3",
    "MXFP6_E3M2",
    "MXFP8_E4M3",
    "MXFP8_E5M2",
    "MXINT8",
    "Mx",
    "parse",
]
