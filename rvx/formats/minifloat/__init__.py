"""Minifloats: FP8 to FP64 and any other small binary floating-point format.

`scalar` has the compiled kernels, `array` NumPy functions on codes, `exact` the reference; they
are imported by who needs them.
"""

from rvx.formats.minifloat import operations as _operations  # noqa: F401 - enters itself
from rvx.formats.minifloat.catalogue import (
    E2M1,
    E2M3,
    E3M2,
    E3M4,
    E4M3B11FNUZ,
    E4M3FN,
    E4M3FNUZ,
    E5M2FNUZ,
    E8M0,
    FORMATS,
    FP8,
    FP8ALT,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    parse,
)
from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import DZ, NV, NX, OF, UF, Overflow, Rounding, stochastic

__all__ = [
    "DZ",
    "E2M1",
    "E2M3",
    "E3M2",
    "E3M4",
    "E4M3B11FNUZ",
    "E4M3FN",
    "E4M3FNUZ",
    "E5M2FNUZ",
    "E8M0",
    "FORMATS",
    "FP8",
    "FP8ALT",
    "FP16",
    "FP16ALT",
    "FP32",
    "FP64",
    "NV",
    "NX",
    "OF",
    "UF",
    "Flavour",
    "Minifloat",
    "Overflow",
    "Rounding",
    "parse",
    "stochastic",
]
