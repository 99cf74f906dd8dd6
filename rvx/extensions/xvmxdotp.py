"""Xvmxdotp: dot products of microscaling (MX) elements in vectors, the vector form of Xmxdotp.

The arithmetic and the operands are those of PULP's VMXDOTP: every element of vd takes up the
product of 64 bits of vs1 with 64 bits of vs2, of one E8M0 scale for each, and is rounded once, to
nearest, ties to even. The accumulator is binary32 (`w`, elements of vs1 are twice as wide) or BF16
(`q`, four times).

The words are rvx's. Those of PULP's Spatz have 32 bits, all of which are operands but the lowest
seven: 1011111, 1111111, 0011111 and 0111111. By the manual these begin words of 48 bits and more,
so that no stream of instructions holds them beside others of such lengths. Here they are words of
48 bits: the low 32 have Spatz's operands at Spatz's places, bit 32 is what bit 5 is there (whether
vs1 and vs3 are vectors), and bits 33 to 35 say what fcsr says there, the format of elements.

What is not published is chosen: vd overlaps no source, SEW is that of the accumulator, there is no
mask, and frm is not looked at. NaNs and infinities are those of Xmxdotp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rvx.formats.block.mx.choice import ORDER, dot
from rvx.formats.block.mx.format import INT8_LSB, MXINT8
from rvx.formats.minifloat.catalogue import E8M0, FP16ALT, FP32
from rvx.isa import Extension, Words
from rvx.isa.real import GatheredReal, Performed, Spot, Whole
from rvx.isa.vector import Vector
from rvx.isa.vector.legality import is_aligned, is_group, overlaps
from rvx.isa.vector.plan import with_result
from rvx.isa.vector.state import VL, group, is_alternative, is_ready, refuse, width

Xvmxdotp = Extension(
    "Xvmxdotp",
    version="1.0",
    doc="Vectors: dot products of MX elements with E8M0 scales, binary32 or BF16 accumulators",
    source="rvx; the arithmetic and operands of VMXDOTP, arXiv 2603.04979, and of "
    "pulp-platform/spatz, branch feat/vmxdotp, at ad94f0c",
    requires=("V",),
)

_NAMES = ("e4m3", "e5m2", "e2m3", "e3m2", "e2m1", "int8")
"""Of the formats of `ORDER`, in mnemonics."""
_Body = Callable[..., Any]


def _is_legal(
    v: Vector, vd: int, vs1: int, vs2: int, vs3: int, vs4: int, wide: int, scalars: int
) -> bool:
    """Whether an instruction may be performed.

    Args:
        v: the vector unit.
        vd: first register of the result.
        vs1: of elements.
        vs2: of elements.
        vs3: of scales of vs1.
        vs4: of scales of vs2.
        wide: binary logarithm of 64 / SEW.
        scalars: 1 if vs1 and vs3 are scalars, else 0.
    """
    if not is_ready(v) or is_alternative(v) or width(v) != 64 >> wide:
        return False
    emul = group(v)
    elements, scales = emul + wide, emul + wide - 3
    if not (is_group(elements) and is_group(scales)):
        return False
    if not (is_aligned(vd, emul) and is_aligned(vs2, elements) and is_aligned(vs4, scales)):
        return False
    if overlaps(vd, emul, vs2, elements) or overlaps(vd, emul, vs4, scales):
        return False
    if scalars == 1:
        return True
    if not (is_aligned(vs1, elements) and is_aligned(vs3, scales)):
        return False
    return not (overlaps(vd, emul, vs1, elements) or overlaps(vd, emul, vs3, scales))


def _make_vectors(code: int, wide: int) -> _Body:
    is_bfloat16 = wide - 1

    def body(
        vd: int, vs1: int, vs2: int, vs3: int, vs4: int, v: Vector, fault: Words, fflags: Words
    ) -> None:
        if not _is_legal(v, vd, vs1, vs2, vs3, vs4, wide, 0):
            refuse(fault)
            return
        n = v.vlenb
        at_d, at_a, at_b = vd * n >> 3 - wide, vs1 * n >> 3, vs2 * n >> 3
        for x in range(v.config[VL]):
            a, b = v.e64[at_a + x] | 0, v.e64[at_b + x] | 0
            scale_a, scale_b = v.e8[vs3 * n + x] | 0, v.e8[vs4 * n + x] | 0
            old = (v.e16[at_d + x] if is_bfloat16 else v.e32[at_d + x]) | 0
            bits, flags = dot(code, a, b, scale_a, scale_b, old, is_bfloat16)
            fflags[0] |= flags
            if is_bfloat16:
                v.e16[at_d + x] = bits
            else:
                v.e32[at_d + x] = bits

    return body


def _make_scalars(code: int, wide: int) -> _Body:
    is_bfloat16 = wide - 1

    def body(
        vd: int, rs1: int, vs2: int, rs3: int, vs4: int, v: Vector, fault: Words, fflags: Words
    ) -> None:
        if not _is_legal(v, vd, 0, vs2, 0, vs4, wide, 1):
            refuse(fault)
            return
        n = v.vlenb
        at_d, at_b = vd * n >> 3 - wide, vs2 * n >> 3
        for x in range(v.config[VL]):
            b, scale_b = v.e64[at_b + x] | 0, v.e8[vs4 * n + x] | 0
            old = (v.e16[at_d + x] if is_bfloat16 else v.e32[at_d + x]) | 0
            bits, flags = dot(code, rs1, b, rs3, scale_b, old, is_bfloat16)
            fflags[0] |= flags
            if is_bfloat16:
                v.e16[at_d + x] = bits
            else:
                v.e32[at_d + x] = bits

    return body


def _scaled(old: Any, a: Any, b: Any, scale_a: Any, scale_b: Any) -> tuple[Any, ...]:
    return (old, *(x * y * scale_a[0] * scale_b[0] for x, y in zip(a, b, strict=True)))


def _meaning(code: int, wide: int, *, has_vectors: bool) -> GatheredReal:
    """What it means in real numbers."""
    fmt = ORDER[code]
    element = Whole(8, places=-INT8_LSB) if fmt is MXINT8 else fmt.element
    pitch, count, sew = fmt.container, 64 // fmt.container, 64 >> wide

    def spots(how: Performed) -> Iterator[Spot]:
        for x, to in enumerate(how.row("vd", 0, how.vl, sew)):
            of_b, scale_b = how.row("vs2", count * x, count, pitch), how.row("vs4", x, 1, 8)
            if has_vectors:
                of_a, scale_a = how.row("vs1", count * x, count, pitch), how.row("vs3", x, 1, 8)
                yield to, (of_a, of_b, scale_a, scale_b)
            else:
                yield to, (tuple(range(0, 64, pitch)), of_b, (0,), scale_b)

    names = ("vs1", "vs2", "vs3", "vs4") if has_vectors else ("rs1", "vs2", "rs3", "vs4")
    formats = (FP32 if wide == 1 else FP16ALT, element, element, E8M0, E8M0)
    return GatheredReal(_scaled, {sew: formats}, names, spots)


def _declare(code: int, letter: str, wide: int, *, has_vectors: bool) -> None:
    name, fmt = _NAMES[code], ORDER[code]
    count = 64 // fmt.container
    first, third = ("vs1", "vs3") if has_vectors else ("rs1", "rs3")
    kinds = ("vs1", "vs3") if has_vectors else ("rs1:f", "rs3:f")
    result = "binary32" if wide == 1 else "BF16"
    make = _make_vectors if has_vectors else _make_scalars
    Xvmxdotp.instruction(
        f"vmxdotp.{letter}{letter if has_vectors else 'f'}.{name} "
        f"vd, {kinds[0]}, vs2, {kinds[1]}, vs4:v",
        f"000000000000 {code:03b} {int(has_vectors)} {third} vs4[4:3] vs2 {first} vs4[2:0] vd "
        f"{2 - wide} 011111",
        kind="vector",
        doc=f"vd, {result}, += the scales {third} and vs4 times the dot product of {count} "
        f"elements of {fmt.name} each of {first} and vs2, rounded once.",
        macs=count,
        real=_meaning(code, wide, has_vectors=has_vectors),
    )(with_result(make(code, wide), "group", 0))


for _code in range(len(_NAMES)):
    for _letter, _wide in (("w", 1), ("q", 2)):
        for _has_vectors in (True, False):
            _declare(_code, _letter, _wide, has_vectors=_has_vectors)
