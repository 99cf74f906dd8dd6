"""The bodies of scalar instructions whose numbers are twice as wide as the registers of RV32.

A number stands in a pair of registers, the lower half in the first. Everything else about the
instructions is that of the format in one register, so bodies are made of those by putting operands
together before, and taking the result apart behind.
"""

from __future__ import annotations

from typing import Any

from rvx.extensions.fixed_format import Factory, FixedFormat
from rvx.formats.minifloat import Minifloat
from rvx.isa import Words
from rvx.isa.bits import MASK32


def joined(pair: Words) -> int:
    """The number in a pair of registers; each of them may be sign-extended."""
    return pair[0] & MASK32 | pair[1] << 32


def split(rd: Words, number: int) -> None:
    """Puts a number into a pair of registers."""
    rd[0] = number
    rd[1] = number >> 32


def join_source(convert: Any) -> Any:
    """The body of a conversion whose rs1 is a pair, of the one that has it in one register."""

    def body(rs1: Words, rm: int, fflags: Words) -> int:
        return int(convert(joined(rs1), rm, fflags))

    return body


def split_result(convert: Any) -> Any:
    """The body of a conversion whose rd is a pair, of the one that has it in one register."""

    def body(rd: Words, rs1: int, rm: int, fflags: Words) -> None:
        split(rd, convert(rs1, rm, fflags))

    return body


class PairFormat(FixedFormat):
    """Makes bodies for a format of 64 bits in pairs of x registers of RV32.

    Args:
        fmt: the format.
    """

    def __init__(self, fmt: Minifloat) -> None:
        super().__init__(fmt, is_in_x=True)

    def rounded(self, make: Factory) -> Any:
        """rd = kernel(rs1, rs2, rm)."""
        single = super().rounded(make)

        def body(rd: Words, rs1: Words, rs2: Words, rm: int, fflags: Words) -> None:
            split(rd, single(joined(rs1), joined(rs2), rm, fflags))

        return body

    def fused(self, negates_product: bool, negates_addend: bool) -> Any:
        """rd = +-(rs1 * rs2) +- rs3."""
        single = super().fused(negates_product, negates_addend)

        def body(rd: Words, rs1: Words, rs2: Words, rs3: Words, rm: int, fflags: Words) -> None:
            split(rd, single(joined(rs1), joined(rs2), joined(rs3), rm, fflags))

        return body

    def root(self) -> Any:
        """rd = the square root of rs1."""
        single = super().root()

        def body(rd: Words, rs1: Words, rm: int, fflags: Words) -> None:
            split(rd, single(joined(rs1), rm, fflags))

        return body

    def extreme(self, make: Factory) -> Any:
        """rd = kernel(rs1, rs2), which is a number of the format."""
        single = super().extreme(make)

        def body(rd: Words, rs1: Words, rs2: Words, fflags: Words) -> None:
            split(rd, single(joined(rs1), joined(rs2), fflags))

        return body

    def comparison(self, make: Factory) -> Any:
        """rd = kernel(rs1, rs2), which is 0 or 1."""
        single = super().comparison(make)

        def body(rs1: Words, rs2: Words, fflags: Words) -> int:
            return int(single(joined(rs1), joined(rs2), fflags))

        return body

    def sign(self, make: Factory) -> Any:
        """rd = rs1 with a sign that the kernel takes from both."""
        single = super().sign(make)

        def body(rd: Words, rs1: Words, rs2: Words) -> None:
            split(rd, single(joined(rs1), joined(rs2)))

        return body

    def classification(self) -> Any:
        """rd = the ten bits of fclass."""
        single = super().classification()

        def body(rs1: Words) -> int:
            return int(single(joined(rs1)))

        return body

    def to_integer(self, width: int, is_signed: bool) -> Any:
        """rd = rs1 as an integer."""
        return join_source(super().to_integer(width, is_signed))

    def from_integer(self, width: int, is_signed: bool) -> Any:
        """rd = the integer rs1."""
        return split_result(super().from_integer(width, is_signed))
