"""Xvfp8: products of FP8 that are added up in binary32, as a user may declare them.

The formats are E4M3 and E5M2 of the OCP specification. A product is exact in binary32, so that
every multiply-add is rounded once. Like Xvposit an example of `Extension.vector`; the encoding is
rvx's, in custom-2. Scalars are codes in x registers.
"""

from __future__ import annotations

from typing import Any

from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP32
from rvx.isa import Extension

Xvfp8 = Extension(
    "Xvfp8",
    version="1.0",
    doc="Multiply-adds of FP8 (E4M3 and E5M2) into binary32, in vectors",
    source="rvx",
    requires=("V",),
)


def _multiply_add(d: Any, a: Any, b: Any, widen: Any, wide_fma: Any, mode: Any, flags: Any) -> Any:
    """vd, of binary32, += b vs2, rounded once."""
    return wide_fma(widen(a, mode, flags), widen(b, mode, flags), d, mode, flags)


for _name, _format, _funct6 in (("vfe4m3macc", E4M3FN, "111000"), ("vfe5m2macc", FP8, "111001")):
    Xvfp8.vector(
        _name,
        "vv vx",
        _funct6,
        result="q",
        is_ternary=True,
        formats=(_format,),
        wide=(FP32,),
        real=lambda d, a, b: (d, a * b),
    )(_multiply_add)
