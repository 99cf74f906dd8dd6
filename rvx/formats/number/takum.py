"""Takums: tapered numbers of bounded range, logarithmic and linear.

Source: L. Hunhold, Beating Posits at Their Own Game: Takum Arithmetic, arXiv 2404.18603 (2024), the
definition and the rounding; the linear form as in arXiv 2408.10594, section II. A code is a sign, a
direction, three bits of regime, as many of the characteristic as the regime says, and a mantissa.
Shorter codes mean what they do with zeros behind.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rvx.formats.number.format import Fields
from rvx.formats.number.powers import is_larger, power
from rvx.formats.number.twos import TwosComplement
from rvx.records import dataclass

_NAME = re.compile(r"(lin(?:ear)?_?)?takum(_?linear)?(\d+)")
_SHORTEST, _LONGEST = 6, 64
_HEAD = 12
"""Bits up to the end of the longest characteristic."""


@dataclass(frozen=True)
class Takum(TwosComplement):
    """A takum format.

    Attributes:
        bits: of a code, 6 to 64.
        is_linear: whether the mantissa is a fraction between powers of two; otherwise all of the
            number is a power of the root of e.
    """

    bits: int = 16
    is_linear: bool = False

    def __post_init__(self) -> None:
        if not _SHORTEST <= self.bits <= _LONGEST:
            raise ValueError(
                f"a takum of {self.bits} bits is not supported; valid are {_SHORTEST} to {_LONGEST}"
            )

    @property
    def name(self) -> str:
        """`takum16` is logarithmic, as in libtakum, and `lintakum16` linear."""
        return f"{'lin' * self.is_linear}takum{self.bits}"

    @property
    def is_rational(self) -> bool:
        """Powers of the root of e are not."""
        return self.is_linear

    def fields(self, code: int) -> Fields:
        """As long as they are within the code; of a negative number those of its own bits."""
        regime = self._regime(code)
        sizes = (("sign", 1), ("direction", 1), ("regime", 3), ("characteristic", regime))
        found, left = [], self.bits
        for name, size in (*sizes, ("mantissa", self.bits)):
            if taken := min(size, left):
                found.append((name, taken))
                left -= taken
        return tuple(found)

    def _regime(self, code: int) -> int:
        """How many bits the characteristic has."""
        head = code >> self.bits - 5
        return head & 7 if head & 8 else 7 - (head & 7)

    def logarithm(self, position: int) -> Fraction:
        """The characteristic and the mantissa together, of a position above 0."""
        return _logarithm(position, self.bits)

    def magnitude(self, position: int) -> Fraction:
        """A power of the root of e, or of two with a fraction on top."""
        return _value(self.logarithm(position), self.is_linear)

    def boundary(self, position: int) -> Fraction:
        """The takum of one bit more between the two; what is not 0 never becomes 0."""
        if position in (-1, 0):
            return Fraction(0)
        found = _value(self._middle(position), self.is_linear)
        return found if position > 0 else -found

    def _middle(self, position: int) -> Fraction:
        """The logarithm of the magnitude of the boundary."""
        return _logarithm(abs(2 * position + 1), self.bits + 1)

    def is_above(self, wanted: Fraction, position: int) -> bool:
        """Compared by logarithms, where boundaries are powers of the root of e."""
        if self.is_linear or position in (-1, 0):
            return super().is_above(wanted, position)
        if wanted == 0:
            return position < 0
        if (wanted > 0) != (position > 0):
            return wanted > 0
        is_beyond = is_larger(abs(wanted), True, self._middle(position) / 2)
        return is_beyond == (position > 0)

    def written(self, code: int) -> str | None:
        """As a power of e."""
        position = self.position_of(code)
        if self.is_linear or not position:
            return None
        sign = "-" if position < 0 else ""
        return f"{sign}e^({self.logarithm(abs(position)) / 2})"


def _logarithm(position: int, bits: int) -> Fraction:
    """Of a positive code of so many bits, at least 6: characteristic and mantissa."""
    more = max(_HEAD - bits, 0)
    position, bits = position << more, bits + more
    head = position >> bits - 5
    direction, regime = head >> 3, head & 7
    size = regime if direction else 7 - regime
    rest = bits - 5 - size
    characteristic, mantissa = divmod(position & (1 << bits - 5) - 1, 1 << rest)
    least = (1 << size) - 1 if direction else 1 - (2 << size)
    return least + characteristic + Fraction(mantissa, 1 << rest)


def _value(logarithm: Fraction, is_linear: bool) -> Fraction:
    if not is_linear:
        return power(True, logarithm / 2)
    exponent = logarithm.numerator // logarithm.denominator
    return (1 + logarithm - exponent) * Fraction(2) ** exponent


def parse(name: str) -> Takum:
    """The format of a name such as takum16, lintakum16 or takum_linear16.

    Raises:
        ValueError: nothing is called so.
    """
    found = _NAME.fullmatch(name)
    if found is None or (found[1] and found[2]):
        raise ValueError(f"'{name}' is no takum format")
    return Takum(int(found[3]), bool(found[1] or found[2]))
