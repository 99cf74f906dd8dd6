"""Named minifloat formats, and the reading of names.

Accepted names are those of PULP's MiniFloat-NN (`fp8`, `fp8alt`, `fp16`, `fp16alt`), of ml_dtypes
(`float8_e4m3fn`, `bfloat16`), of OCP MX (`e2m1`, `ue8m0`) and the usual ones of IEEE formats. Any
`eXmY` with an optional `bN` (bias) and a flavour suffix is read as well, with or without the
`floatN_` in front.
"""

from __future__ import annotations

import re
from typing import Final

from rvx.formats.minifloat.format import NARROWEST_WITH_NAN, Flavour, Minifloat

FP8: Final = Minifloat(5, 2)
FP8ALT: Final = Minifloat(4, 3)
FP16: Final = Minifloat(5, 10)
FP16ALT: Final = Minifloat(8, 7)
FP32: Final = Minifloat(8, 23)
FP64: Final = Minifloat(11, 52)
E4M3FN: Final = Minifloat(4, 3, Flavour.FN)
E4M3FNUZ: Final = Minifloat(4, 3, Flavour.FNUZ)
E5M2FNUZ: Final = Minifloat(5, 2, Flavour.FNUZ)
E4M3B11FNUZ: Final = Minifloat(4, 3, Flavour.FNUZ, 11)
E3M4: Final = Minifloat(3, 4)
E3M2: Final = Minifloat(3, 2, Flavour.FINITE)
E2M3: Final = Minifloat(2, 3, Flavour.FINITE)
E2M1: Final = Minifloat(2, 1, Flavour.FINITE)
E8M0: Final = Minifloat(8, 0, Flavour.SCALE)

FORMATS: Final[dict[str, Minifloat]] = {
    "fp8": FP8,
    "fp8alt": FP8ALT,
    "fp16": FP16,
    "fp16alt": FP16ALT,
    "fp32": FP32,
    "fp64": FP64,
    "e4m3fn": E4M3FN,
    "e4m3fnuz": E4M3FNUZ,
    "e5m2fnuz": E5M2FNUZ,
    "e4m3b11fnuz": E4M3B11FNUZ,
    "e3m4": E3M4,
    "fp6_e3m2": E3M2,
    "fp6_e2m3": E2M3,
    "fp4_e2m1": E2M1,
    "e8m0": E8M0,
}

_ALIASES: Final[dict[str, Minifloat]] = {
    "bf16": FP16ALT,
    "bfloat16": FP16ALT,
    "half": FP16,
    "single": FP32,
    "float": FP32,
    "double": FP64,
    "float16": FP16,
    "float32": FP32,
    "float64": FP64,
    "binary16": FP16,
    "binary32": FP32,
    "binary64": FP64,
    "fp4": E2M1,
    "mxfp4": E2M1,
    "e2m1": E2M1,
    "e2m3": E2M3,
    "e3m2": E3M2,
    "ue8m0": E8M0,
}

_GRAMMAR = re.compile(r"(?:(?:float|fp)(\d+)_?)?e(\d+)m(\d+)(?:b(\d+))?([a-z]*)")
_SUFFIXES: Final = {flavour.value: flavour for flavour in Flavour} | {"nan": Flavour.FN}


def parse(name: str) -> Minifloat:
    """The format of a name, in either case.

    Raises:
        ValueError: nothing is called so, or the fields in the name are impossible.
    """
    key = name.strip().lower()
    if key in FORMATS:
        return FORMATS[key]
    if key in _ALIASES:
        return _ALIASES[key]
    match = _GRAMMAR.fullmatch(key)
    if match is None or match[5] not in _SUFFIXES:
        raise ValueError(
            f"{name!r} is no minifloat format; valid are {', '.join(FORMATS)}, a name of "
            "ml_dtypes such as float8_e4m3fn, or eXmY with a suffix "
            f"{', '.join(suffix for suffix in _SUFFIXES if suffix)} or none"
        )
    e, m = int(match[2]), int(match[3])
    bias = int(match[4]) if match[4] else None
    flavour = _SUFFIXES[match[5]]
    if match[5] == "fn" and 1 + e + m < NARROWEST_WITH_NAN:
        flavour = Flavour.FINITE
    found = Minifloat(e, m, flavour, bias)
    if match[1] and int(match[1]) != found.bits:
        raise ValueError(f"{name!r} says {match[1]} bits, but its fields make {found.bits}")
    return found
