"""Formats of few codes, given by what every code means; ternary digits are one."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

from rvx.formats.number.format import Fields, Format, Value


@dataclass(frozen=True)
class Table(Format):
    """A format by its values.

    Attributes:
        name: as it is printed.
        values: what each code means, 2^bits of them.
    """

    name: str = ""
    values: tuple[Value, ...] = field(default=(), repr=False)

    @property
    def bits(self) -> int:
        """Of a code."""
        return (len(self.values) - 1).bit_length()

    @cached_property
    def _order(self) -> list[int]:
        """The first code of each number, ascending."""
        first: dict[Fraction, int] = {}
        for code, value in enumerate(self.values):
            if isinstance(value, Fraction):
                first.setdefault(value, code)
        return [first[value] for value in sorted(first)]

    @cached_property
    def _positions(self) -> dict[Value, int]:
        return {self.values[code]: at for at, code in enumerate(self._order)}

    @property
    def positions(self) -> range:
        """From 0 on."""
        return range(len(self._order))

    def decode(self, code: int) -> Value:
        """As the table says."""
        return self.values[code]

    def fields(self, code: int) -> Fields:
        """There is one."""
        return (("code", self.bits),)

    def code_at(self, position: int) -> int:
        """Of several codes of a number the first."""
        return self._order[position]

    def position_of(self, code: int) -> int | None:
        """None for what is no number."""
        return self._positions.get(self.values[code])


TERNARY: Final = Table("ternary", (Fraction(0), Fraction(1), "no code", Fraction(-1)))
"""Two bits in two's complement, of which 10 is not used."""
