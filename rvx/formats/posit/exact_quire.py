"""The quire as an exact integer: the slow reference of `quire` and `accumulate`.

Source: Posit Standard (2022), sections 3.2, 3.4 and 5.11.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rvx.formats.posit import exact
from rvx.formats.posit.format import Posit
from rvx.records import dataclass, replace


@dataclass(frozen=True)
class ExactQuire:
    """A quire: a whole number of units of 2**quire_scale, or NaR.

    Attributes:
        fmt: the format of the posits that go in and out.
        units: the value in units, None for NaR. Out of range becomes None.
    """

    fmt: Posit
    units: int | None = 0

    def __post_init__(self) -> None:
        limit = 1 << (self.fmt.quire_bits - 1)
        if self.units is not None and not -limit < self.units < limit:
            object.__setattr__(self, "units", None)

    @classmethod
    def from_posit(cls, bits: int, fmt: Posit) -> ExactQuire:
        """A quire that holds a posit (pToQ)."""
        return cls(fmt).add_posit(bits)

    @property
    def value(self) -> Fraction | None:
        """The exact value, None for NaR."""
        if self.units is None:
            return None
        return exact.times_power(self.units, self.fmt.quire_scale)

    @property
    def limbs(self) -> list[int]:
        """The canonical 32-bit limbs, lowest first; the highest one is signed."""
        top = 1 << (self.fmt.quire_bits - 1)
        units = -top if self.units is None else self.units
        count = self.fmt.quire_limbs
        low = [(units >> (32 * i)) & 0xFFFFFFFF for i in range(count - 1)]
        return [*low, units >> (32 * (count - 1))]

    def negate(self) -> ExactQuire:
        """The negative (qNegate)."""
        return self._map(lambda units: -units)

    def absolute(self) -> ExactQuire:
        """The magnitude (qAbs)."""
        return self._map(abs)

    def add_posit(self, bits: int) -> ExactQuire:
        """The sum with a posit (qAddP)."""
        return self.multiply_add(bits, self.fmt.one)

    def subtract_posit(self, bits: int) -> ExactQuire:
        """The difference from a posit (qSubP)."""
        return self.multiply_subtract(bits, self.fmt.one)

    def add_quire(self, other: ExactQuire) -> ExactQuire:
        """The sum of two quires (qAddQ)."""
        term = other.units
        return replace(self, units=None) if term is None else self._map(lambda u: u + term)

    def subtract_quire(self, other: ExactQuire) -> ExactQuire:
        """The difference of two quires (qSubQ)."""
        return self.add_quire(other.negate())

    def multiply_add(self, a: int, b: int) -> ExactQuire:
        """The sum with the exact product of two posits (qMulAdd)."""
        x, y = exact.decode(a, self.fmt), exact.decode(b, self.fmt)
        if x is None or y is None:
            return replace(self, units=None)
        product = exact.times_power(x * y, -self.fmt.quire_scale)
        assert product.denominator == 1, "a product is always a whole number of units"
        return self._map(lambda units: units + product.numerator)

    def multiply_subtract(self, a: int, b: int) -> ExactQuire:
        """The difference from the exact product of two posits (qMulSub)."""
        return self.negate().multiply_add(a, b).negate()

    def to_posit(self) -> int:
        """The nearest posit, rounded once (qToP)."""
        return exact.encode(self.value, self.fmt)

    def _map(self, function: Callable[[int], int]) -> ExactQuire:
        return self if self.units is None else replace(self, units=function(self.units))
