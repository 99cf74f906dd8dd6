"""Zvdota and Zvbdota: dot products of whole registers, one, or eight at a time.

Integers are added modulo the width of the result. BF16 and the 8-bit floats go through the bulk
normalisation of the manual, in one group of VLMAX products, as the accumulator `rvbna` of
`rvx.formats.dot` declares it: the sum of a group is rounded to odd, and so is its addition. Of
binary32, where the draft leaves a choice, products are rounded and added one after the other, as in
Spike.

vtype.altfmt says the format of vs1, or with 16 bits that there is one. The batched instructions
read eight registers from vs2 on; the low three bits of its number choose which eight elements of vd
they add to.

Source: aswaterman/riscv-misc, isa/ldot-bdot, version 0.2; riscv-opcodes at c1d9bdf; the manual's
rvbna.adoc.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rvx.formats.bits import ctz64
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.dot.scalar import NOWHERE, make_aligned_group, make_parts
from rvx.formats.dot.vector import make_add, make_sum
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16ALT, FP32, FP64
from rvx.isa import Extension, Words
from rvx.isa.real import (
    GatheredReal,
    Meaning,
    Performed,
    Spot,
    VectorReal,
    Whole,
    add_products,
)
from rvx.isa.vector import Vector
from rvx.isa.vector.elementwise import make_alternatives, make_body, make_dispatch
from rvx.isa.vector.legality import Legality, is_aligned, overlaps
from rvx.isa.vector.plan import with_products
from rvx.isa.vector.state import (
    ALTFMT,
    VL,
    group,
    is_active,
    is_alternative,
    is_ready,
    most_elements,
    width,
)
from rvx.isa.vector.unit import VectorUnit

OP_VE = "1110111"
VERSION = "2026-06-25"
SOURCE = "aswaterman/riscv-misc, isa/ldot-bdot 0.2; riscv-opcodes at c1d9bdf"

Dot = Callable[..., Any]
"""dot(v, left, right, at_a, at_b, vm, n, c): the element c and the dot product, and flags.

Of the elements of `left` from at_a on and of `right` from at_b on; where vm is 0, elements that are
masked off count as 0. There are n of them; others up to VLMAX are 0.
"""


def _extension(name: str, base: str, doc: str, sew: int) -> Extension:
    return Extension(
        name,
        version=VERSION,
        doc=f"Draft: vectors, {doc}",
        source=SOURCE,
        requires=(base,),
        vector_unit=VectorUnit(alternatives=sew),
    )


_ONE, _EIGHT = "dot product of", "eight dot products of"
Zvqwdota8i = _extension("Zvqwdota8i", "Zve32x", f"{_ONE} bytes", 8)
Zvfwdota16bf = _extension("Zvfwdota16bf", "Zve32f", f"{_ONE} BF16", 16)
Zvfqwdota8f = _extension("Zvfqwdota8f", "Zve32f", f"{_ONE} 8-bit floats", 8)
Zvqwbdota8i = _extension("Zvqwbdota8i", "Zve32x", f"{_EIGHT} bytes", 8)
Zvfwbdota16bf = _extension("Zvfwbdota16bf", "Zve32f", f"{_EIGHT} BF16", 16)
Zvfqwbdota8f = _extension("Zvfqwbdota8f", "Zve32f", f"{_EIGHT} 8-bit floats", 8)
Zvfbdota32f = _extension("Zvfbdota32f", "Zve32f", f"{_EIGHT} binary32", 0)


# -- dot products --------------------------------------------------------------------------


def make_integer_dot(sew: int, is_signed_a: bool, is_signed_b: bool) -> Dot:
    """Of integers; the sum is cut off where it is written."""
    mask = (1 << sew) - 1

    def dot(
        v: Vector, left: Words, right: Words, at_a: int, at_b: int, vm: int, n: int, c: int
    ) -> tuple[int, int]:
        for x in range(n):
            if vm == 0 and is_active(v, x) == 0:
                continue
            a, b = left[at_a + x] | 0, right[at_b + x] | 0
            if not is_signed_a:
                a &= mask
            if not is_signed_b:
                b &= mask
            c += a * b
        return c, 0

    return dot


def make_bulk_dot(left_format: Minifloat, right_format: Minifloat) -> Dot:
    """By bulk normalisation in one group of VLMAX products."""
    steps = make_aligned_group(
        rvbna(left_format, right_format, 2), has_signalling=left_format.bits > 8
    )
    place_of, special_of, term, result = steps.place, steps.special, steps.term, steps.result
    kept = steps.kept
    mask = (1 << left_format.bits) - 1
    attempt, add, parts = make_sum(left_format, right_format, kept), make_add(), make_parts(FP64)

    def dot(
        v: Vector, left: Words, right: Words, at_a: int, at_b: int, vm: int, n: int, c: int
    ) -> tuple[int, int]:
        # As many guard bits as the number of products has: VLMAX is a power of two.
        guard = ctz64(most_elements(v))
        if vm != 0:
            total, status = attempt(left, right, at_a, at_b, n, guard)
            if status == 0:
                code, status = add(total, c)
                if status == 0:
                    return code, 0
                total, unit = parts(total)
                return result(total, unit, 0, c & 0xFFFFFFFF)
        place, specials = NOWHERE, 0
        for x in range(n):
            if vm == 0 and is_active(v, x) == 0:
                continue
            a, b = left[at_a + x] & mask, right[at_b + x] & mask
            place = max(place, place_of(a, b))
            specials |= special_of(a, b)
        total, unit = 0, 0
        if specials == 0 and place != NOWHERE:
            unit = place - kept - guard
            for x in range(n):
                if vm == 0 and is_active(v, x) == 0:
                    continue
                total += term(left[at_a + x] & mask, right[at_b + x] & mask, unit)
        return result(total, unit, specials, c & 0xFFFFFFFF)

    return dot


def make_sequential_dot(mode: int) -> Dot:
    """Of binary32 in one rounding mode: products are rounded, and added one after the other."""
    multiply, add = kernels.make_mul(FP32), kernels.make_add(FP32)

    def dot(
        v: Vector, left: Words, right: Words, at_a: int, at_b: int, vm: int, n: int, c: int
    ) -> tuple[int, int]:
        flags = 0
        c &= 0xFFFFFFFF
        for x in range(n):
            product, raised = multiply(
                right[at_b + x] & 0xFFFFFFFF, left[at_a + x] & 0xFFFFFFFF, mode
            )
            flags |= raised
            c, raised = add(c, product, mode)
            flags |= raised
        if n < most_elements(v):
            # The others are products of zeros: one of them leaves what all of them leave.
            c, raised = add(c, 0, mode)
            flags |= raised
        return c, flags

    return dot


# -- one dot product -----------------------------------------------------------------------


def _make_one_loop(dot: Dot) -> Callable[..., None]:
    def loop(
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
        c, raised = dot(v, left, right, at_a, at_b, vm, v.config[VL], result[at_d] | 0)
        result[at_d] = c
        if raised != 0:
            flags[0] |= raised

    return loop


def _make_one_legality(sew: int, is_always_alternative: bool) -> Legality:
    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        emul = group(v)
        if not is_ready(v) or width(v) != sew or (is_always_alternative and not is_alternative(v)):
            return False
        if not (is_aligned(vs2, emul) and is_aligned(vs1, emul)) or (vm == 0 and vd == 0):
            return False
        return not overlaps(vd, 0, vs2, emul) and not overlaps(vd, 0, vs1, emul)

    return is_legal


# -- eight at a time -----------------------------------------------------------------------


def _make_eight_loop(sew: int, dots: tuple[Dot, ...]) -> Callable[..., None]:
    """Of one function of dot products, or of one for each rounding mode.

    The low three bits of vs2's number are not part of the register: the dispatch has multiplied
    them in, so the registers are found from `at_a` anew.
    """
    shift = sew.bit_length() - 4
    first = dots[0]
    is_by_mode = len(dots) > 1
    rne, rtz, rdn, rup, rmm = dots if is_by_mode else (first,) * 5

    def loop(
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
        step = v.vlenb >> shift
        number = at_a // step
        start, n = (number & -8) * step, v.config[VL]
        for i in range(8):
            element = 8 * (number & 7) + i
            if vm == 0 and is_active(v, element) == 0:
                continue
            at, c = start + i * step, result[at_d + element] | 0
            if not is_by_mode or mode == 0:
                c, raised = rne(v, left, right, at, at_b, 1, n, c)
            elif mode == 1:
                c, raised = rtz(v, left, right, at, at_b, 1, n, c)
            elif mode == 2:
                c, raised = rdn(v, left, right, at, at_b, 1, n, c)
            elif mode == 3:
                c, raised = rup(v, left, right, at, at_b, 1, n, c)
            else:
                c, raised = rmm(v, left, right, at, at_b, 1, n, c)
            result[at_d + element] = c
            if raised != 0:
                flags[0] |= raised

    return loop


def _make_eight_legality(sew: int, wider: int, is_always_alternative: bool) -> Legality:
    log_eew = (sew << wider).bit_length() - 1

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        if not is_ready(v) or width(v) != sew or group(v) != 0:
            return False
        if is_always_alternative and not is_alternative(v):
            return False
        if (vs2 & 7) << (3 + log_eew) >= 8 * v.vlenb:
            return False
        emul = 0
        while (8 * v.vlenb) << emul < 8 << log_eew:
            emul += 1
        if not is_aligned(vd, emul) or (vm == 0 and vd == 0):
            return False
        return not overlaps(vd, emul, vs2 & -8, 3) and not overlaps(vd, emul, vs1, 0)

    return is_legal


# -- declarations --------------------------------------------------------------------------


def _declare(
    extension: Extension,
    mnemonic: str,
    funct6: str,
    funct3: str,
    loops: Mapping[int, Callable[..., None]],
    wider: int,
    is_legal: Legality,
    doc: str,
    *,
    has_floats: bool,
    is_batched: bool = True,
    real: Meaning | None = None,
) -> None:
    run = make_dispatch(loops, wider, 0, 0)
    result = "tile" if is_batched else "one"
    body = make_body(run, is_legal, right="vs1", has_floats=has_floats, result=result)
    if is_batched:
        with_products(body, _eight_products)
    extension.instruction(
        f"{mnemonic}.vv vd, vs2, vs1, vm",
        f"{funct6} vm vs2 vs1 {funct3} vd {OP_VE}",
        kind="vector",
        doc=doc,
        macs=1,
        flops=2 * has_floats,
        real=real,
    )(body)


def _eight_reals(sew: int, wider: int, formats: tuple[Any, Any, Any]) -> GatheredReal:
    """What eight dot products mean in real numbers."""

    def spots(how: Performed) -> Iterator[Spot]:
        first = 8 * (how.values["vs2"] & 7)
        begin = (how.values["vs2"] & -8) * how.vlen
        right = how.row("vs1", 0, how.vl, sew)
        for i, to in enumerate(how.row("vd", first, 8, sew << wider)):
            if how.is_active(first + i):
                row = begin + i * how.vlen
                yield to, (tuple(range(row, row + how.vl * sew, sew)), right)

    return GatheredReal(add_products, {sew: formats}, ("vs2", "vs1"), spots)


def _eight_products(values: Mapping[str, int], unit: VectorUnit, xlen: int) -> tuple[str, int]:
    return "EIGHT", values["vs2"] & 7


def _declare_both(
    one: Extension,
    eight: Extension,
    names: tuple[str, str],
    funct6s: tuple[str, str],
    dots: tuple[Dot, ...],
    sew: int,
    wider: int,
    what: str,
    *,
    has_floats: bool,
    formats: tuple[Any, Any, Any],
) -> None:
    """The instruction of one dot product, and that of eight.

    Args:
        one: takes the first.
        eight: takes the second.
        names: of the mnemonics, up to the dot.
        funct6s: six bits each.
        dots: the dot product without altfmt and with it; one alone needs altfmt.
        sew: in bits.
        wider: binary logarithm of the width of the result over SEW.
        what: what the factors are.
        has_floats: whether they are floats.
        formats: of the result and of the factors.
    """
    is_always_alternative = len(dots) == 1
    funct3 = "001" if has_floats else "000"
    ones = [_make_one_loop(dot) for dot in dots]
    eights = [_make_eight_loop(sew, (dot,)) for dot in dots]
    _declare(
        one,
        names[0],
        funct6s[0],
        funct3,
        {sew: ones[0] if is_always_alternative else make_alternatives(*ones)},
        wider,
        _make_one_legality(sew, is_always_alternative),
        f"vd[0] += the dot product of vs2 and vs1: {what}",
        has_floats=has_floats,
        is_batched=False,
        real=VectorReal(
            lambda d, a, b: (d, *(x * y for x, y in zip(a, b, strict=True))),
            {sew: formats},
            third="vs1",
            wider_d=wider,
            is_dot=True,
        ),
    )
    _declare(
        eight,
        names[1],
        funct6s[1],
        funct3,
        {sew: eights[0] if is_always_alternative else make_alternatives(*eights)},
        wider,
        _make_eight_legality(sew, wider, is_always_alternative),
        f"vd[i] += the dot product of register i of vs2 and vs1: {what} {_BATCH}",
        has_floats=has_floats,
        real=_eight_reals(sew, wider, formats),
    )


def _with_altfmt(usual: Any, other: Any) -> Callable[[Mapping[str, int]], Any]:
    """The format of vs1, which vtype.altfmt chooses."""
    return lambda values: other if values["vtype"] & ALTFMT else usual


_BATCH = "vs2 names eight registers, and in its low three bits which eight elements of vd."
E4M3, E5M2 = E4M3FN, FP8
for _letter, _is_signed, _low in (("u", False, "0"), ("s", True, "1")):
    _declare_both(
        Zvqwdota8i,
        Zvqwbdota8i,
        (f"vqwdota{_letter}", f"vqwbdota{_letter}"),
        (f"10011{_low}", f"10111{_low}"),
        (make_integer_dot(8, _is_signed, False), make_integer_dot(8, _is_signed, True)),
        8,
        2,
        f"{'' if _is_signed else 'un'}signed bytes times unsigned ones, with altfmt signed; modulo "
        f"2^32.",
        has_floats=False,
        formats=(
            Whole(32, _is_signed),
            Whole(8, _is_signed),
            _with_altfmt(Whole(8, False), Whole(8)),
        ),
    )
for _dot, _format, _low, _what in (
    ("", E4M3, "0", "E4M3"),
    (".alt", E5M2, "1", "E5M2"),
):
    _declare_both(
        Zvfqwdota8f,
        Zvfqwbdota8f,
        (f"vfqwdota{_dot}", f"vfqwbdota{_dot}"),
        (f"10011{_low}", f"10111{_low}"),
        (make_bulk_dot(_format, E4M3), make_bulk_dot(_format, E5M2)),
        8,
        2,
        f"{_what} times E4M3, with altfmt E5M2, to binary32, by bulk normalisation and to odd.",
        has_floats=True,
        formats=(FP32, _format, _with_altfmt(E4M3, E5M2)),
    )
_declare_both(
    Zvfwdota16bf,
    Zvfwbdota16bf,
    ("vfwdota", "vfwbdota"),
    ("100100", "101100"),
    (make_bulk_dot(FP16ALT, FP16ALT),),
    16,
    1,
    "BF16 with altfmt, to binary32, by bulk normalisation and to odd.",
    has_floats=True,
    formats=(FP32, FP16ALT, FP16ALT),
)
_declare(
    Zvfbdota32f,
    "vfbdota",
    "101011",
    "001",
    {32: _make_eight_loop(32, tuple(make_sequential_dot(mode) for mode in range(5)))},
    0,
    _make_eight_legality(32, 0, False),
    f"vd[i] += the dot product of register i of vs2 and vs1, of binary32: products are rounded, "
    f"and added one after the other. {_BATCH}",
    has_floats=True,
    real=_eight_reals(32, 0, (FP32, FP32, FP32)),
)
