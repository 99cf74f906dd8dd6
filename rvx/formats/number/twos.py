"""What formats have in common whose codes are ordered as two's complement, as posits' are."""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction

from rvx.formats.number.format import Format, Value


class TwosComplement(Format):
    """Negating a number negates its code; 0 is 0, and 10..0 is not a real (NaR)."""

    @property
    def positions(self) -> range:
        """Codes read with a sign, without NaR."""
        most = (1 << self.bits - 1) - 1
        return range(-most, most + 1)

    def code_at(self, position: int) -> int:
        """Two's complement."""
        return position & (1 << self.bits) - 1

    def position_of(self, code: int) -> int | None:
        """None for NaR."""
        if code == 1 << self.bits - 1:
            return None
        return code - (1 << self.bits) if code >> self.bits - 1 else code

    def decode(self, code: int) -> Value:
        """From the positive number."""
        position = self.position_of(code)
        if position is None:
            return "NaR"
        if position == 0:
            return Fraction(0)
        return self.magnitude(position) if position > 0 else -self.magnitude(-position)

    @abstractmethod
    def magnitude(self, position: int) -> Fraction:
        """The number at a position above 0."""

    def special(self, kind: str, is_negative: bool) -> int | None:
        """Infinities are no reals either."""
        return 1 << self.bits - 1
