"""Xsmtvdot (XSMTVDot of LLVM): SpacemiT's products of matrices of bytes in vector registers.

They are those of K1. vd += vs1 vs2^T: a matrix of M rows of K bytes times one of N rows of K, into
two registers with M rows of N integers of 32 bits. The sliding forms take vs1 from one, two or
three rows further on in a group of two registers.

Source: SpacemiT AI Matrix Extension Instruction Set 0.6, 2026-04-13, chapter 5; words of LLVM,
xsmtvdot-valid.s. What is given there is SEW = 8 with LMUL = 1 at VLEN 256 (4 x 4 x 8) and 1024
(8 x 8 x 16); under all else the instructions are illegal here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rvx.isa import Extension, Words
from rvx.isa.real import GatheredReal, Performed, Spot, Whole, add_products
from rvx.isa.vector import Vector
from rvx.isa.vector.elementwise import make_body, make_dispatch
from rvx.isa.vector.legality import Legality, overlaps
from rvx.isa.vector.plan import with_products
from rvx.isa.vector.state import group, is_alternative, is_ready, width
from rvx.isa.vector.unit import VectorUnit

Xsmtvdot = Extension(
    "Xsmtvdot",
    version="0.6",
    doc="SpacemiT: products of matrices of bytes in vector registers",
    source="SpacemiT AI Matrix Extension Instruction Set 0.6; LLVM, xsmtvdot-valid.s",
    requires=("Zve32x",),
)

SHAPES = {32: (4, 8), 128: (8, 16)}
"""Rows of both matrices, and their length, by the bytes of a register."""


def _make_loop(is_signed_a: bool, is_signed_b: bool, slide: int) -> Any:
    (_, (small_rows, small_length)), (large, (large_rows, large_length)) = SHAPES.items()

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
        rows, length = small_rows, small_length
        if v.vlenb == large:
            rows, length = large_rows, large_length
        # The dispatch calls vs2 the left operand; here that is the transposed matrix.
        for i in range(rows):
            for j in range(rows):
                total = result[at_d + i * rows + j] | 0
                for k in range(length):
                    a = right[at_b + (i + slide) * length + k] | 0
                    b = left[at_a + j * length + k] | 0
                    if not is_signed_a:
                        a &= 255
                    if not is_signed_b:
                        b &= 255
                    total += a * b
                result[at_d + i * rows + j] = total

    return loop


def _make_legality(slides: bool) -> Legality:
    small, large = SHAPES

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        if not is_ready(v) or width(v) != 8 or group(v) != 0 or is_alternative(v):
            return False
        if v.vlenb not in (small, large):
            return False
        return not overlaps(vd, 1, vs1, 1 if slides else 0) and not overlaps(vd, 1, vs2, 0)

    return is_legal


def _meaning(is_signed_a: bool, is_signed_b: bool, slide: int) -> GatheredReal:
    """What it means in real numbers."""

    def spots(how: Performed) -> Iterator[Spot]:
        rows, length = SHAPES[how.vlen // 8]
        for i in range(rows):
            of_a = how.row("vs1", (i + slide) * length, length, 8)
            for j, to in enumerate(how.row("vd", i * rows, rows, 32)):
                yield to, (of_a, how.row("vs2", j * length, length, 8))

    formats = Whole(32, is_signed_a or is_signed_b), Whole(8, is_signed_a), Whole(8, is_signed_b)
    return GatheredReal(add_products, {8: formats}, ("vs1", "vs2"), spots)


def _declare(mnemonic: str, bits: str, signs: tuple[bool, bool], slide: int) -> None:
    """One instruction; `bits` are funct7, vs1 and funct3, separated by commas."""
    funct7, vs1, funct3 = bits.split(",")
    a, b = ("signed" if is_signed else "unsigned" for is_signed in signs)
    rows = f" from row {slide} on" if slide else ""
    Xsmtvdot.instruction(
        f"smt.{mnemonic} vd, vs1, vs2",
        f"{funct7} vs2 {vs1} {funct3} vd[4:1] 0 0101011",
        kind="vector",
        doc=f"vd += vs1{rows} times the transpose of vs2, matrices of bytes, {a} and {b}.",
        macs=1,
        real=_meaning(*signs, slide),
    )(
        with_products(
            make_body(
                make_dispatch({8: _make_loop(*signs, slide)}, 2, 0, 0),
                _make_legality(slide > 0),
                right="vs1",
                has_vm=False,
                result="tile",
            ),
            _products,
        )
    )


def _products(values: Mapping[str, int], unit: VectorUnit, xlen: int) -> tuple[str, int]:
    rows, length = SHAPES.get(unit.vlen // 8, (0, 0))
    return "FIXED", rows * rows * length


for _at, (_letters, _signs) in enumerate(
    {"u": (False, False), "us": (False, True), "su": (True, False), "": (True, True)}.items()
):
    _declare(f"vmadot{_letters}", f"1110001,vs1,{_at:03b}", _signs, 0)
    _declare(f"vmadot1{_letters}", f"1110011,vs1[4:1] 0,{_at:03b}", _signs, 1)
    _declare(f"vmadot2{_letters}", f"1110011,vs1[4:1] 0,{_at + 4:03b}", _signs, 2)
    _declare(f"vmadot3{_letters}", f"1110011,vs1[4:1] 1,{_at:03b}", _signs, 3)
