"""Zvabd: absolute differences of integers of 8 and 16 bits.

Source: The RISC-V Instruction Set Manual, Volume I, zvabd.adoc; riscv-opcodes at c1d9bdf, which has
other words than the drafts before it, those of Spike of June 2026 among them.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.isa import Extension
from rvx.isa.vector import Shape, declare
from rvx.isa.vector.arithmetic import unsigned

Zvabd = Extension(
    "Zvabd",
    version="2026-08-20",
    doc="Draft: vectors, absolute differences of integers",
    source="riscv-isa-manual, src/unpriv/zvabd.adoc; riscv-opcodes at c1d9bdf",
    requires=("Zve32x",),
)


def difference(a: int, b: int) -> int:
    """vd = |vs2 - b|, of signed numbers; the largest one has no sign."""
    return abs(a - b)


def difference_unsigned(a: int, b: int, sew: int) -> int:
    """vd = |vs2 - b|, of unsigned numbers."""
    return abs(unsigned(a, sew) - unsigned(b, sew))


def accumulate(d: int, a: int, b: int) -> int:
    """vd, of twice the width, += |vs2 - b|, of signed numbers."""
    return d + abs(a - b)


def accumulate_unsigned(d: int, a: int, b: int, sew: int) -> int:
    """vd, of twice the width, += |vs2 - b|, of unsigned numbers."""
    return d + abs(unsigned(a, sew) - unsigned(b, sew))


_WIDTHS = (8, 16)
_element: Callable[..., int]
for _name, _funct6, _element in (
    ("vabd", "010101", difference),
    ("vabdu", "010110", difference_unsigned),
):
    declare(Zvabd, _name, "vv vx", "M", _funct6, dict.fromkeys(_WIDTHS, _element), Shape())
for _name, _funct6, _element in (
    ("vwabda", "111101", accumulate),
    ("vwabdau", "111110", accumulate_unsigned),
):
    declare(
        Zvabd, _name, "vv vx", "I", _funct6, dict.fromkeys(_WIDTHS, _element), Shape(result="w")
    )
Zvabd.alias("vabs.v vd, vs2, vm", "vabd.vx vd, vs2, x0, vm")
