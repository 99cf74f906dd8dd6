"""Xvfp8: products of FP8 that are added up in binary32, as a user may declare them.

The formats are E4M3 and E5M2 of the OCP specification. A product is exact in binary32, so that
every multiply-add is rounded once. The dot product takes four products of E4M3 at a time, which
stand in elements of 32 bits; their exact sum is rounded once, with the accumulator. Like Xvposit an
example of `Extension.vector`; the encoding is rvx's, in custom-2. Scalars are codes in x registers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rvx.formats.dot import Accumulator, Exact
from rvx.formats.dot.packed import make_packed_dot
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP32
from rvx.isa import Extension
from rvx.isa.real import GatheredReal, Performed, Spot, add_products

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

DOT4 = Accumulator("fp8-dot4", E4M3FN, E4M3FN, FP32, 4, Exact(), is_fused=True, source="rvx")
"""Of the dot product."""
_dot4 = make_packed_dot(DOT4)


def _dot(d: Any, a: Any, b: Any, mode: Any, flags: Any) -> Any:
    """vd, of binary32, += the dot product of four E4M3 of b and of vs2, rounded once."""
    code, raised = _dot4(a, b, d, mode)
    flags[0] |= raised
    return code


def _meaning(right: str) -> GatheredReal:
    """What it means in real numbers, where b is a register of one of two files."""

    def spots(how: Performed) -> Iterator[Spot]:
        for x, to in enumerate(how.row("vd", 0, how.vl, 32)):
            if how.is_active(x):
                of_b = how.row("vs1", 4 * x, 4, 8) if right == "vs1" else tuple(range(0, 32, 8))
                yield to, (how.row("vs2", 4 * x, 4, 8), of_b)

    return GatheredReal(add_products, {32: (FP32, E4M3FN, E4M3FN)}, ("vs2", right), spots)


for _form, _right in (("vv", "vs1"), ("vx", "rs1")):
    Xvfp8.vector(
        "vfe4m3dot4",
        _form,
        "111010",
        is_ternary=True,
        formats=(FP32,),
        macs=4,
        flops=8,
        real=_meaning(_right),
    )(_dot)
