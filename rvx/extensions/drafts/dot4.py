"""Zvdot4a8i: dot products of the four bytes of every element of 32 bits; it was Zvqdotq.

Source: riscv-opcodes at c1d9bdf, rv_zvdot4a; Spike runs it under its older name.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.isa import Extension, sext
from rvx.isa.real import GatheredReal, Whole, dot_products_of_bytes
from rvx.isa.vector import Shape, declare

Zvdot4a8i = Extension(
    "Zvdot4a8i",
    version="2026-08-20",
    doc="Draft: vectors, dot products of four bytes",
    source="riscv-opcodes at c1d9bdf, rv_zvdot4a; RISC-V manual, Zvdot4a8i",
    requires=("Zve32x",),
)


def _meaning(is_signed_a: bool, is_signed_b: bool, right: str) -> GatheredReal:
    """What it means in real numbers; of one form, since b is a register of one of two files."""
    is_signed = is_signed_a or is_signed_b
    formats = Whole(32, is_signed), Whole(8, is_signed_a), Whole(8, is_signed_b)
    return dot_products_of_bytes(right, formats)


def _make(is_signed_a: bool, is_signed_b: bool) -> Callable[..., int]:
    def byte_of_a(a: int) -> int:
        return sext(a, 8) if is_signed_a else a & 255

    def byte_of_b(b: int) -> int:
        return sext(b, 8) if is_signed_b else b & 255

    def dot4(d: int, a: int, b: int) -> int:
        d += byte_of_a(a) * byte_of_b(b)
        d += byte_of_a(a >> 8) * byte_of_b(b >> 8)
        d += byte_of_a(a >> 16) * byte_of_b(b >> 16)
        return d + byte_of_a(a >> 24) * byte_of_b(b >> 24)

    return dot4


for _name, _forms, _funct6, _signs, _what in (
    ("vdot4a", "vv vx", "101100", (True, True), "both signed"),
    ("vdot4au", "vv vx", "101000", (False, False), "both unsigned"),
    ("vdot4asu", "vv vx", "101010", (True, False), "those of vs2 signed, of b unsigned"),
    ("vdot4aus", "vx", "101110", (False, True), "those of vs2 unsigned, of b signed"),
):
    for _form in _forms.split():
        declare(
            Zvdot4a8i,
            _name,
            _form,
            "M",
            _funct6,
            {32: _make(*_signs)},
            Shape(macs=4),
            f"vd += the dot product of the four bytes of vs2 and of b, {_what}; modulo 2^32.",
            _meaning(*_signs, "vs1" if _form == "vv" else "rs1"),
        )
