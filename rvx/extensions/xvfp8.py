"""Xvfp8: products of FP8 that are added up in binary32, as a user may declare them.

The formats are E4M3 and E5M2 of the OCP specification. A product is exact in binary32, so that
every multiply-add is rounded once. Dot products take four products of one format at a time, which
stand in elements of 32 bits; their exact sum is rounded once, with the accumulator. Like Xvposit an
example of `Extension.vector`; the encoding is rvx's, in custom-2. Scalars are codes in x registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.dot import Accumulator, Exact
from rvx.formats.dot.packed import make_packed_dot
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP32
from rvx.isa import Extension
from rvx.isa.real import dot_products_of_bytes

Xvfp8 = Extension(
    "Xvfp8",
    version="1.0",
    doc="Multiply-adds and dot products of FP8 (E4M3 and E5M2) into binary32, in vectors",
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

DOT4 = {
    fmt: Accumulator(f"{name}-dot4", fmt, fmt, FP32, 4, Exact(), is_fused=True, source="rvx")
    for name, fmt in (("e4m3", E4M3FN), ("e5m2", FP8))
}
"""Of the dot products, by the format of their factors."""


def _make_dot(acc: Accumulator) -> Callable[..., Any]:
    step = make_packed_dot(acc)

    def dot(d: Any, a: Any, b: Any, mode: Any, flags: Any) -> Any:
        code, raised = step(a, b, d, mode)
        flags[0] |= raised
        return code

    return dot


for _name, _format, _funct6, _what in (
    ("vfe4m3dot4", E4M3FN, "111010", "E4M3"),
    ("vfe5m2dot4", FP8, "111011", "E5M2"),
):
    for _form, _right in (("vv", "vs1"), ("vx", "rs1")):
        Xvfp8.vector(
            _name,
            _form,
            _funct6,
            is_ternary=True,
            formats=(FP32,),
            macs=4,
            flops=8,
            doc=f"vd, of binary32, += the dot product of four {_what} of b and of vs2, rounded "
            "once.",
            real=dot_products_of_bytes(_right, (FP32, _format, _format)),
        )(_make_dot(DOT4[_format]))
