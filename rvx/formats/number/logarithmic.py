"""Logarithmic numbers: a sign, and the logarithm to the base 2 in fixed point.

As Universal's `lns<nbits, rbits>` have it (v2.5, include/sw/universal/number/lns): the logarithm is
a two's complement; its least value is zero with a sign of 0, and NaN with a sign of 1.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rvx.formats.number.format import Fields, Format, Value
from rvx.formats.number.powers import is_larger, power
from rvx.records import dataclass

_NAME = re.compile(r"lns<?(\d+)(?:[fp.,]\s*(\d+))?>?")
_NARROWEST, _WIDEST = 3, 64
_MOST_WHOLE = 11
"""Bits of the logarithm in front of the point, with its sign: numbers reach from 2^-1024 on."""


@dataclass(frozen=True)
class Logarithmic(Format):
    """A logarithmic format.

    Attributes:
        bits: of a code, 3 to 64.
        fraction: bits of the logarithm behind the point.
    """

    bits: int = 16
    fraction: int = 8

    def __post_init__(self) -> None:
        if not _NARROWEST <= self.bits <= _WIDEST:
            raise ValueError(
                f"logarithmic numbers of {self.bits} bits are not supported; valid are "
                f"{_NARROWEST} to {_WIDEST}"
            )
        least = max(self.bits - 1 - _MOST_WHOLE, 0)
        if not least <= self.fraction <= self.bits - 2:
            raise ValueError(
                f"logarithms of {self.bits - 1} bits with {self.fraction} behind the point are not "
                f"supported; valid are {least} to {self.bits - 2}"
            )

    @property
    def name(self) -> str:
        """Such as `lns16f8`."""
        return f"lns{self.bits}f{self.fraction}"

    @property
    def is_rational(self) -> bool:
        """Most powers of two are not."""
        return False

    @property
    def _half(self) -> int:
        """The sign bit of the logarithm, and how many positive numbers there are, and one."""
        return 1 << self.bits - 2

    @property
    def positions(self) -> range:
        """Position 0 is zero, and 1 the smallest positive number."""
        most = 2 * self._half - 1
        return range(-most, most + 1)

    def code_at(self, position: int) -> int:
        """The position is the logarithm, counted from that of zero."""
        sign = 2 * self._half if position < 0 else 0
        return sign | (abs(position) + self._half) & 2 * self._half - 1

    def position_of(self, code: int) -> int | None:
        """None for NaN."""
        magnitude = (code + self._half) & 2 * self._half - 1
        if code < 2 * self._half:
            return magnitude
        return -magnitude if magnitude else None

    def _logarithm(self, position: int) -> Fraction:
        return Fraction(abs(position) - self._half, 1 << self.fraction)

    def decode(self, code: int) -> Value:
        """A power of two."""
        position = self.position_of(code)
        if position is None:
            return "NaN"
        if position == 0:
            return Fraction(0)
        magnitude = power(False, self._logarithm(position))
        return -magnitude if position < 0 else magnitude

    def _middle(self, position: int) -> Fraction:
        """The logarithm of the magnitude of a boundary, half a step from that of its neighbours."""
        inner = min(abs(position), abs(position + 1))
        return self._logarithm(inner) + Fraction(1, 2 << self.fraction)

    def boundary(self, position: int) -> Fraction:
        """Half-way between the logarithms; next to zero, half a step below the smallest number."""
        found = power(False, self._middle(position))
        return found if position >= 0 else -found

    def is_above(self, wanted: Fraction, position: int) -> bool:
        """A boundary is never a fraction, so that there are no ties."""
        if position >= 0:
            return wanted > 0 and is_larger(wanted, False, self._middle(position))
        return wanted >= 0 or not is_larger(-wanted, False, self._middle(position))

    def fields(self, code: int) -> Fields:
        """The sign of the number, and the logarithm, which has one of its own."""
        whole = self.bits - 1 - self.fraction
        sizes = (("sign", 1), ("logarithm", whole), ("fraction", self.fraction))
        return tuple((name, size) for name, size in sizes if size)

    def special(self, kind: str, is_negative: bool) -> int | None:
        """There is a NaN only."""
        return 3 * self._half if kind == "nan" else None

    def written(self, code: int) -> str | None:
        """As a power of 2."""
        position = self.position_of(code)
        if not position:
            return None
        return f"{'-' if position < 0 else ''}2^({self._logarithm(position)})"


def parse(name: str) -> Logarithmic:
    """The format of a name such as lns16f8 or lns<16,8>; lns16 is the same.

    Raises:
        ValueError: nothing is called so.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"'{name}' is no logarithmic format")
    bits = int(found[1])
    return Logarithmic(bits, int(found[2]) if found[2] else bits // 2)
