"""Zvvm: products of matrices in vector registers, and tiles of matrices in memory.

The registers of V are read as matrices. lambda, in vtype, says in which shape: M = VLEN / (SEW
lambda) rows, and lambda elements of SEW bits of each row in one register. A factor has elements of
SEW / W bits, W of them in the place of one of SEW, and LMUL registers one behind the other along a
row. C has M rows and columns. An instruction adds A B^T, in vl / (lambda LMUL) columns.

How sums of floats come about is up to who implements it, and has to be disclosed: for every SEW, W
and lambda how many times W products are a group (G), how the sum of a group is formed (psm), and
how it is rounded before it is added (rnd). Here these are words of state, one for each geometry;
`Partial` is what they say, and `disclosure` makes them. So a machine with other sums is a line:

    Mine = make_floats("Xmine", lambda sew, w, lam: Partial(1, Form.BULK, Rounded.ODD))

or, on a machine that is there, an assignment to `machine.state("partial_sums")`.

Where the draft leaves more open: every lambda that is possible is supported; the sums that are
shipped are exact over a whole step, and rounded once, as the draft recommends. Sums of 64 bits are
exact, and of two binary64 factors a group is one product.
NV is raised for infinities of both signs, whatever NaNs come before.

Source: Zvvm 0.1, riscv/integrated-matrix-extension, src/unpriv/integrated-matrix.adoc at 102f354f.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from rvx.extensions.drafts.zvvm_bodies import (
    MOST_GROUP,
    PER_BYTE,
    access_body,
    floats_body,
    format_of,
    integers_body,
    scaled_body,
)
from rvx.formats.dot import chosen
from rvx.formats.dot.chosen import WORDS
from rvx.formats.minifloat.catalogue import E8M0
from rvx.isa import DeclarationError, Extension
from rvx.isa.real import GatheredReal, Performed, Spot, Whole, add_products
from rvx.isa.vector.elements import shape_number
from rvx.isa.vector.plan import with_products
from rvx.isa.vector.state import (
    ALTFMT,
)
from rvx.isa.vector.unit import VectorUnit
from rvx.records import dataclass

VERSION = "2026-08-25"
SOURCE = "riscv/integrated-matrix-extension, src/unpriv/integrated-matrix.adoc at 102f354f"
LAMBDAS = 127
"""All that vtype can hold: 1 to 64."""
_UNIT = VectorUnit(alternatives=8 + 16, lambdas=LAMBDAS)


def _extension(name: str, doc: str, **more: Any) -> Extension:
    return Extension(
        name,
        version=VERSION,
        doc=f"Draft: vectors, {doc}",
        source=SOURCE,
        vector_unit=_UNIT,
        **more,
    )


Zvvmm = _extension("Zvvmm", "products of matrices of integers", requires=("Zve64x",))
Zvvmtls = _extension("Zvvmtls", "loads and stores of tiles", requires=("Zve32x",))
Zvvmttls = _extension("Zvvmttls", "loads and stores of transposed tiles", requires=("Zve32x",))
Zvvm = _extension(
    "Zvvm",
    "products of matrices in vector registers",
    requires=("Zvvmm", "Zvvfmm", "Zvvmtls", "Zvvmttls"),
)


# -- meanings in real numbers --------------------------------------------------------------


def _make_spots(log_w: int) -> Callable[[Performed], Iterator[Spot]]:
    """Which elements of A, B and the scales each of C is made of."""

    def spots(how: Performed) -> Iterator[Spot]:
        lam, eew, vlen = (how.shape >> 3) - 1, how.sew >> log_w, how.vlen
        lam_w = lam + log_w
        length, step = 1 << (lam_w + how.lmul), 1 << lam_w
        block, stride = 16 if how.shape & 4 else 32, how.sew << lam >> 4
        scaled = length if how.values.get("scale", 1) == 0 else 0

        def row(name: str, number: int) -> tuple[int, ...]:
            first = how.values[name] * vlen + (number << lam_w) * eew
            return tuple(first + (k >> lam_w) * vlen + k % step * eew for k in range(length))

        def scales(number: int, side: int) -> tuple[int, ...]:
            first = 16 * number * stride + 8 * side
            return tuple(first + 16 * (k // block) for k in range(scaled))

        columns = [(row("vs2", j), scales(j, 1)) for j in range(how.vl >> (lam + how.lmul))]
        for i in range(vlen // how.sew >> lam):
            of_a, scales_a = row("vs1", i), scales(i, 0)
            for j, (of_b, scales_b) in enumerate(columns):
                at = (how.values["vd"] + (j >> lam)) * vlen
                at += ((i << lam) + j % (1 << lam)) * how.sew
                yield at, (of_a, of_b, scales_a, scales_b)[: 4 if "scale" in how.values else 2]

    return spots


def _add_scaled(old: Any, a: Any, b: Any, scales_a: Any, scales_b: Any) -> tuple[Any, ...]:
    """C, and the products with the scales of their blocks, if there are some."""
    if not scales_a:
        return add_products(old, a, b)
    factors = zip(a, b, scales_a, scales_b, strict=True)
    return (old, *(x * y * of_x * of_y for x, y, of_x, of_y in factors))


_Format = Callable[[Mapping[str, int]], Any]


def _whole(bits: int, unsigned: int) -> _Format:
    """Integers; where all of these bits of the shape are set, without sign."""
    return lambda values: Whole(bits, values["shape"] & unsigned != unsigned)


def _float(bits: int, other: int) -> _Format:
    """Floats, whose format a bit of the shape chooses, or altfmt, if none is given."""

    def fmt(values: Mapping[str, int]) -> Any:
        is_other = values["shape"] & other if other else values["vtype"] & ALTFMT
        return chosen.FORMATS[format_of(bits, bits in (8, 16) and is_other != 0)]

    return fmt


def _meaning(
    log_w: int,
    result: Callable[[int, int], _Format],
    of_factor: Callable[[int, int], _Format],
    *,
    has_scales: bool,
) -> GatheredReal:
    """What a product of matrices means in real numbers; formats by bits and bits of the shape."""
    both = 0 if result is _float else 3
    formats: dict[int, tuple[Any, ...]] = {
        sew: (
            result(sew, both),
            of_factor(sew >> log_w, 2),
            of_factor(sew >> log_w, 1),
            *((E8M0, E8M0) if has_scales else ()),
        )
        for sew in (8, 16, 32, 64)
        if sew >> log_w >= 4
    }
    names = ("vs1", "vs2", *(("scale", "scale") if has_scales else ()))
    function = _add_scaled if has_scales else add_products
    return GatheredReal(function, formats, names, _make_spots(log_w))


# -- products of integers ------------------------------------------------------------------


def _counted(body: Callable[..., None], log_w: int) -> Callable[..., None]:
    """The body, which adds up M N K products."""
    return with_products(body, lambda values, unit, xlen: ("MATRIX", shape_number(log_w, xlen)))


_LETTERS = ("", "w", "q", "8w")
for _log_w, _letter in enumerate(_LETTERS):
    Zvvmm.instruction(
        f"v{_letter}mmacc.vv vd, vs1, vs2",
        f"1110{_log_w:02b} 1 vs2 vs1 000 vd 1010111",
        kind="vector",
        doc=f"vd += vs1 vs2^T, matrices of integers of SEW / {1 << _log_w} bits, modulo 2^SEW.",
        macs=1,
        real=_meaning(_log_w, _whole, _whole, has_scales=False),
    )(_counted(integers_body(_log_w), _log_w))


# -- how sums of floats come about ---------------------------------------------------------


class Form(IntEnum):
    """How the sum of a group of products is formed (psm)."""

    EXACT = 0
    BULK = 1
    """By the manual's bulk normalisation, with its parameters for as many products."""


class Rounded(IntEnum):
    """How the sum of a group is rounded before it is added (rnd)."""

    MODE = 0
    """As frm says."""
    ODD = 1
    NOT = 2


@dataclass(frozen=True)
class Partial:
    """How partial sums of one geometry come about.

    Attributes:
        group: how many times W products are a group (G), a power of two; 0 for lambda.
        form: how its sum is formed.
        rounded: how that is rounded.
    """

    group: int = 0
    form: Form = Form.EXACT
    rounded: Rounded = Rounded.NOT


Disclosed = Callable[[int, int, int], Partial]
"""partial(SEW, W, lambda)."""
_GEOMETRIES = 4 * 4 * 8


def disclosure(partial: Disclosed) -> dict[int, int]:
    """The words of the state `partial_sums`, by position.

    Raises:
        DeclarationError: a group is none that the draft allows, or that rvx supports.
    """
    found = {}
    for log_sew in range(4):
        for log_w in range(min(log_sew + 2, 4)):
            for code in range(1, 8):
                sew, w, lam = 8 << log_sew, 1 << log_w, 1 << (code - 1)
                made = partial(sew, w, lam)
                size = made.group or lam
                where = f"SEW = {sew}, W = {w}, lambda = {lam}"
                if size & (size - 1) or not 1 <= size <= lam:
                    raise DeclarationError(
                        f"{where}: a group of {size} is not possible; it is a power of two up to "
                        f"{lam}"
                    )
                if sew == 64 and made.form == Form.BULK:
                    raise DeclarationError(
                        f"{where}: sums of 64 bits are not normalised; they are exact"
                    )
                if sew == 64 and w == 1:
                    size = 1
                found[(log_sew * 4 + log_w) * 8 + code] = (
                    size | int(made.form) << 8 | int(made.rounded) << 9
                )
    return found


def exact_steps(sew: int, w: int, lam: int) -> Partial:
    """What rvx ships: exact sums of whole steps, rounded once with C."""
    return Partial(1) if sew == 64 and w == 1 else Partial()


def make_floats(name: str, partial: Disclosed, **more: Any) -> Extension:
    """An extension with Zvvm's products of floats, whose partial sums come about in some way.

    Args:
        name: of the extension.
        partial: how, for every SEW, W and lambda.
        more: further arguments of `Extension`.
    """
    made = _extension(name, "products of matrices of floats", requires=("Zve64d",), **more)
    words = disclosure(partial)
    made.state(
        "partial_sums",
        _GEOMETRIES,
        "how sums of products come about: G, psm in bit 8, rnd from bit 9 on, by SEW, W and lambda",
        sorted(words.items()),
    )
    made.state(
        "matrix_operands",
        WORDS + 2 * MOST_GROUP,
        "factors taken apart, within one product of matrices",
        per_byte=4 * PER_BYTE,
    )
    for log_w, letter in enumerate(_LETTERS):
        what = f"floats of {f'SEW / {1 << log_w}' if log_w else 'SEW'} bits"
        made.instruction(
            f"vf{letter}mmacc.vv vd, vs1, vs2{', scale' if log_w else ''}",
            f"0101{log_w:02b} {'scale[0]' if log_w else '1'} vs2 vs1 001 vd 1010111",
            kind="vector",
            doc=f"vd += vs1 vs2^T, matrices of {what}"
            + (", or with the scales of blocks in v0." if log_w else "."),
            macs=1,
            flops=2,
            real=_meaning(log_w, _float, _float, has_scales=log_w > 0),
        )(_counted(floats_body(log_w), log_w))
    for log_w, letter in enumerate(_LETTERS):
        if log_w:
            made.instruction(
                f"vf{letter}immacc.vv vd, vs1, vs2, scale:scaled",
                f"1110{log_w:02b} scale[0] vs2 vs1 000 vd 1010111",
                kind="vector",
                doc=f"vd, of floats, += vs1 vs2^T, matrices of integers of SEW / {1 << log_w} bits "
                f"with the scales of blocks in v0.",
                macs=1,
                real=_meaning(log_w, _float, _whole, has_scales=True),
            )(_counted(scaled_body(log_w), log_w))
    return made


Zvvfmm = make_floats("Zvvfmm", exact_steps)


for _extended, _mop, _infix, _what in (
    (Zvvmtls, "00", "", "rs2 elements from row to row"),
    (Zvvmttls, "01", "t", "transposed, rs2 elements from column to column"),
):
    for _is_store in (False, True):
        _extended.instruction(
            f"vm{_infix}t{'s' if _is_store else 'l'}.v vd, (rs1), rs2, shape:lambda, vm",
            f"shape[2:0] 1 {_mop} vm rs2 rs1 111 vd 0{int(_is_store)}00111",
            kind="store" if _is_store else "load",
            doc=f"{'Stores' if _is_store else 'Loads'} a tile of elements of SEW bits, {_what}.",
        )(access_body(_is_store, _infix == "t"))
