"""Zvfofp8min and Zvfofp4min: conversions of the 8-bit and 4-bit floats of the Open Compute Project.

Zvfofp8min uses two instructions of Zvfbfmin under SEW = 8, where altfmt chooses E5M2 instead of
E4M3. The formats have no signalling NaNs here, and the canonical NaN of both is 0x7f.

Source: riscv-isa-manual, pull request 2979 (Zvfofp8min 0.2.1) and zvfofp4min.adoc; encodings of
riscv-opcodes at c1d9bdf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rvx.extensions.vector.floating import unary
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16ALT, FP32
from rvx.formats.minifloat.rounding import Overflow
from rvx.isa import Extension, Words
from rvx.isa.real import GatheredReal, Performed, Spot, VectorReal
from rvx.isa.vector import Vector
from rvx.isa.vector.elementwise import (
    adapted,
    make_alternatives,
    make_body,
    make_dispatch,
    make_loop,
)
from rvx.isa.vector.legality import (
    Legality,
    is_aligned,
    make_legality,
    may_write_over,
    with_widths,
)
from rvx.isa.vector.state import ALTFMT, VL, group, is_active, is_alternative, is_ready, width
from rvx.isa.vector.unit import VectorUnit

Zvfofp8min = Extension(
    "Zvfofp8min",
    version="2026-06-25",
    doc="Draft: vectors, conversions of 8-bit floats",
    source="riscv-isa-manual, pull request 2979; riscv-opcodes at c1d9bdf",
    requires=("Zvfbfmin",),
    supersedes=("Zvfbfmin",),
    vector_unit=VectorUnit(alternatives=8),
)
Zvfofp4min = Extension(
    "Zvfofp4min",
    version="2026-06-25",
    doc="Draft: vectors, from 4-bit floats to 8-bit ones",
    source="aswaterman/riscv-misc, isa/zvfofp4min.adoc; riscv-opcodes at c1d9bdf",
    requires=("Zve32f",),
)

E4M3, E5M2 = E4M3FN, FP8
NAN = 0x7F
"""The canonical NaN of both."""
Element = Callable[..., Any]


def _widening(source: Minifloat) -> Element:
    """From 8 bits to BF16: exact, and without flags, since no NaN is signalling."""
    convert = kernels.make_convert(source, FP16ALT)

    def element(a: int) -> int:
        result, _ = convert(a & 255, 0)
        return result

    return element


def _narrowing(source: Minifloat, saturates: bool) -> Callable[[Minifloat], Element]:
    """To 8 bits, rounded once; without saturation E4M3 overflows to NaN, E5M2 to infinity."""
    mask = (1 << source.bits) - 1

    def make(target: Minifloat) -> Element:
        convert = kernels.make_convert(source, target, Overflow.SATURATE if saturates else None)
        largest = target.infinity or target.max_finite

        def element(a: int, mode: int, flags: Words) -> int:
            result, raised = convert(a & mask, mode)
            flags[0] |= raised
            return NAN if result & 127 > largest else result

        return element

    return make


def _loops(make: Callable[[Minifloat], Element]) -> Callable[..., None]:
    usual, other = (make_loop(adapted(make(fmt)), 8, _zero) for fmt in (E4M3, E5M2))
    return make_alternatives(usual, other)


def _zero(value: int) -> int:
    return 0


def _declare(
    mnemonic: str,
    code: str,
    loops: Mapping[int, Callable[..., None]],
    wider_d: int,
    wider_2: int,
    doc: str,
    formats: Mapping[int, tuple[Any, Any, Any]],
) -> None:
    is_legal: Legality = with_widths(make_legality(wider_d, wider_2, has_vs1=False), sum(loops))
    run = make_dispatch(loops, wider_d, wider_2, 0)
    Zvfofp8min.instruction(
        f"{mnemonic} vd, vs2, vm",
        f"010010 vm vs2 {code} 001 vd 1010111",
        kind="vector",
        doc=doc,
        real=VectorReal(lambda a: a, formats, "", wider_d, wider_2),
    )(make_body(run, is_legal, has_floats=True))


def _eight(values: Mapping[str, int]) -> Minifloat:
    """The format of 8 bits, which vtype.altfmt chooses."""
    return E5M2 if values["vtype"] & ALTFMT else E4M3


def _bf16_loop(source: Minifloat, target: Minifloat) -> Callable[..., None]:
    """What Zvfbfmin does under SEW = 16, whatever altfmt is."""
    return make_loop(adapted(unary(kernels.make_convert(source, target), source)), 16, _zero)


_declare(
    "vfwcvtbf16.f.f.v",
    "01101",
    {8: _loops(_widening), 16: _bf16_loop(FP16ALT, FP32)},
    1,
    0,
    "vd = vs2: of BF16 in binary32; under SEW = 8 of E4M3, or with altfmt E5M2, in BF16.",
    {8: (FP16ALT, _eight, None), 16: (FP32, FP16ALT, None)},
)
_declare(
    "vfncvtbf16.f.f.w",
    "11101",
    {8: _loops(_narrowing(FP16ALT, False)), 16: _bf16_loop(FP32, FP16ALT)},
    0,
    1,
    "vd = vs2, rounded once: of binary32 in BF16; under SEW = 8 of BF16 in E4M3, or with altfmt "
    "E5M2.",
    {8: (_eight, FP16ALT, None), 16: (FP16ALT, FP32, None)},
)
_declare(
    "vfncvtbf16.sat.f.f.w",
    "11111",
    {8: _loops(_narrowing(FP16ALT, True))},
    0,
    1,
    "vd = vs2, of BF16 in E4M3, or with altfmt E5M2, rounded once; the largest number for what is "
    "beyond it, infinities too.",
    {8: (_eight, FP16ALT, None)},
)
for _name, _code, _saturates, _what in (
    ("vfncvt.f.f.q", "11001", False, "rounded once."),
    ("vfncvt.sat.f.f.q", "11011", True, "rounded once; the largest number for what is beyond it."),
):
    _declare(
        _name,
        _code,
        {8: _loops(_narrowing(FP32, _saturates))},
        0,
        2,
        f"vd = vs2, of binary32 in E4M3, or with altfmt E5M2, {_what}",
        {8: (_eight, FP32, None)},
    )


# -- 4-bit floats --------------------------------------------------------------------------

_extend = kernels.make_convert(E2M1, E4M3)


def _fraction_loop(
    v: Vector,
    result: Words,
    left: Words,
    right: Words,
    vd: int,
    at_d: int,
    at_a: int,
    at_b: int,
    scalar: int,
    vm: int,
    mode: int,
    flags: Words,
) -> None:
    for x in range(v.config[VL]):
        if vm == 0 and is_active(v, x) == 0:
            continue
        code, _ = _extend(left[at_a + (x >> 1)] >> 4 * (x & 1) & 15, 0)
        result[at_d + x] = code


def _fraction_spots(how: Performed) -> Iterator[Spot]:
    sources = how.row("vs2", 0, how.vl, 4)
    for x, to in enumerate(how.row("vd", 0, how.vl, 8)):
        if how.is_active(x):
            yield to, ((sources[x],),)


def _is_legal_fraction(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
    """Sources have half as many registers, but not fewer than an eighth of one."""
    emul = group(v)
    if not is_ready(v) or width(v) != 8 or is_alternative(v) or emul <= -3:
        return False
    if not (is_aligned(vd, emul) and is_aligned(vs2, emul - 1)) or (vm == 0 and vd == 0):
        return False
    return vd != vs2 and may_write_over(vd, emul, vs2, emul - 1, 1)


Zvfofp4min.instruction(
    "vfext.vf2 vd, vs2, vm",
    "010010 vm vs2 10110 010 vd 1010111",
    kind="vector",
    doc="vd, of E4M3, = vs2, of packed E2M1, the lower half of a byte first; exact.",
    real=GatheredReal(lambda old, a: a[0], {8: (E4M3, E2M1)}, ("vs2",), _fraction_spots),
)(make_body(make_dispatch({8: _fraction_loop}, 0, 0, 0), _is_legal_fraction))
