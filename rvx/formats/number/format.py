"""A number format as an order of codes: what each means, and where rounding changes between two."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

Value = Fraction | str
"""An exact number, or the name of what is none, such as `NaR` or `-infinity`."""

Fields = tuple[tuple[str, int], ...]
"""Runs of bits with their names, the most significant first, and how many bits each has."""


class Format(ABC):
    """What formats of all kinds have in common.

    Codes that stand in the order of the numbers have positions, which are consecutive whole
    numbers; infinities are the first and the last one. Codes of NaN and a second zero have none.
    Between two neighbours there is a boundary: numbers above it get the upper code, and at it the
    code that is even. So encoding is a search for the position, in as many steps as codes have
    bits, and exact whatever the boundaries are.

    """

    @property
    @abstractmethod
    def name(self) -> str:
        """As it is printed."""

    @property
    @abstractmethod
    def bits(self) -> int:
        """Of a code."""

    @property
    def is_rational(self) -> bool:
        """Whether all numbers are fractions.

        Where they are not, `decode` gives them to 160 binary digits, and `written` says what they
        are.
        """
        return True

    @property
    @abstractmethod
    def positions(self) -> range:
        """All positions, from the least number to the greatest."""

    @abstractmethod
    def decode(self, code: int) -> Value:
        """What a code stands for."""

    @abstractmethod
    def fields(self, code: int) -> Fields:
        """The bits of a code by meaning."""

    @abstractmethod
    def code_at(self, position: int) -> int:
        """The code at a position."""

    @abstractmethod
    def position_of(self, code: int) -> int | None:
        """The position of a code; None for what is no number and no infinity."""

    def boundary(self, position: int) -> Fraction:
        """What lies between a position and the next: half-way, where nothing else is said."""
        low, high = (self.decode(self.code_at(at)) for at in (position, position + 1))
        assert isinstance(low, Fraction)
        assert isinstance(high, Fraction)
        return (low + high) / 2

    def is_above(self, wanted: Fraction, position: int) -> bool:
        """Whether a number gets a code above a position, which is not the last one."""
        boundary = self.boundary(position)
        return wanted > boundary or (wanted == boundary and bool(self.code_at(position) & 1))

    def encode(self, wanted: Fraction) -> int:
        """The code of a number: the nearest, as the format's boundaries have it."""
        low, high = self.positions[0], self.positions[-1]
        while low < high:
            middle = (low + high) // 2
            if self.is_above(wanted, middle):
                low = middle + 1
            else:
                high = middle
        return self.code_at(low)

    @property
    def minus_zero(self) -> int | None:
        """The code of a zero below the other one; None without."""
        return None

    def special(self, kind: str, is_negative: bool) -> int | None:
        """The code of `nan`, or of an infinity (`inf`), or of what stands for it; None without."""
        return None

    def written(self, code: int) -> str | None:
        """A number that is no fraction, such as `2^(3/8)`."""
        return None


def extremes(fmt: Format) -> tuple[Fraction, Fraction]:
    """The smallest and the largest positive number of a format.

    Raises:
        ValueError: there is none, or nobody knows which.
    """
    # The first position whose number is above 0: with or without negative numbers, or a zero.
    low, high = fmt.positions.start, fmt.positions.stop
    while low < high:
        middle = (low + high) // 2
        value = fmt.decode(fmt.code_at(middle))
        is_positive = value == "infinity" if isinstance(value, str) else value > 0
        low, high = (low, middle) if is_positive else (middle + 1, high)
    positive = [fmt.decode(fmt.code_at(at)) for at in (low, *fmt.positions[-2:]) if at >= low]
    found = [value for value in positive if isinstance(value, Fraction)]
    # Not by len(), which has no number for the positions of 64 bits.
    if not fmt.positions or not found:
        raise ValueError(f"{fmt.name} has no order of positive numbers")
    return found[0], found[-1]
