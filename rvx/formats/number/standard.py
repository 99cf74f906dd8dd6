"""Posits, minifloats and integers, which have kernels of their own, as formats like all others."""

from __future__ import annotations

from fractions import Fraction
from typing import Generic, TypeVar

from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.exact import core
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.number.format import Fields, Format, Value
from rvx.formats.number.twos import TwosComplement
from rvx.formats.posit import exact
from rvx.formats.posit.format import Posit
from rvx.records import dataclass

_Known = TypeVar("_Known", Posit, Minifloat, Integer)


@dataclass(frozen=True)
class _Standard(Format, Generic[_Known]):
    """The numbers of a format that is declared elsewhere."""

    of: _Known

    @property
    def name(self) -> str:
        """That of the format."""
        return self.of.name

    @property
    def bits(self) -> int:
        """Of a code."""
        return self.of.bits


@dataclass(frozen=True)
class Posits(_Standard[Posit], TwosComplement):
    """The numbers of a posit format."""

    def magnitude(self, position: int) -> Fraction:
        """As the standard has it."""
        found = exact.decode(position, self.of)
        assert found is not None
        return found

    def encode(self, wanted: Fraction) -> int:
        """As the standard has it."""
        return exact.encode(wanted, self.of)

    def boundary(self, position: int) -> Fraction:
        """The posit of one bit more between the two; what is not 0 never becomes 0."""
        if position in (-1, 0):
            return Fraction(0)
        wide = Posit(self.of.n + 1, self.of.es)
        found = exact.decode(2 * position + 1 & wide.mask, wide)
        assert found is not None
        return found

    def fields(self, code: int) -> Fields:
        """Of a negative posit those of its magnitude."""
        text = f"{code if code < self.of.nar else -code & self.of.mask:0{self.of.n}b}"[1:]
        is_number = code not in (0, self.of.nar)
        run = len(text) - len(text.lstrip(text[0])) if is_number else len(text)
        regime = min(run + 1, len(text))
        exponent = min(self.of.es, len(text) - regime)
        rest = len(text) - regime - exponent
        sizes = (("sign", 1), ("regime", regime), ("exponent", exponent), ("fraction", rest))
        return tuple((name, size) for name, size in sizes if size)


@dataclass(frozen=True)
class Minifloats(_Standard[Minifloat]):
    """The numbers of a minifloat format."""

    @property
    def positions(self) -> range:
        """Negative for negative numbers; with the infinities."""
        last = self.of.max_finite + self.of.has_infinity
        return range(-last if self.of.is_signed else 0, last + 1)

    def decode(self, code: int) -> Value:
        """As IEEE 754, or the format's source, has it."""
        datum = core.decode(self.of, code)
        if datum.kind is core.Kind.FINITE:
            return datum.value
        if datum.is_infinite:
            return "-infinity" if datum.is_negative else "infinity"
        return str(datum.kind.value)

    def encode(self, wanted: Fraction) -> int:
        """To nearest even, with the natural overflow of the format."""
        return core.round_to(self.of, abs(wanted), wanted < 0, Rounding.RNE)[0]

    def fields(self, code: int) -> Fields:
        """Sign, exponent, mantissa."""
        sizes = (("sign", int(self.of.is_signed)), ("exponent", self.of.e), ("mantissa", self.of.m))
        return tuple((name, size) for name, size in sizes if size)

    def code_at(self, position: int) -> int:
        """Sign and magnitude."""
        return -position | self.of.sign_mask if position < 0 else position

    def position_of(self, code: int) -> int | None:
        """That of minus zero is 0."""
        magnitude = code & self.of.magnitude_mask
        if magnitude > self.positions[-1] or isinstance(self.decode(code), str) != (
            magnitude == self.of.infinity
        ):
            return None
        return -magnitude if code & self.of.sign_mask else magnitude

    @property
    def minus_zero(self) -> int | None:
        """The sign alone."""
        return self.of.sign_mask if self.of.has_negative_zero else None

    def boundary(self, position: int) -> Fraction:
        """Half-way; in front of infinity, half-way to the number that would be there."""
        return (self._real(position) + self._real(position + 1)) / 2

    def _real(self, position: int) -> Fraction:
        value = self.decode(self.code_at(position))
        if isinstance(value, Fraction):
            return value
        return Fraction(2) ** (self.of.emax + 1) * (1 if position > 0 else -1)

    def special(self, kind: str, is_negative: bool) -> int | None:
        """An infinity is what the natural overflow of the format makes of it."""
        if kind == "nan":
            return self.of.nan
        return core.infinite(self.of, is_negative)[0]


@dataclass(frozen=True)
class Integers(_Standard[Integer]):
    """The numbers of an integer format."""

    @property
    def positions(self) -> range:
        """The numbers themselves."""
        return range(self.of.minimum, self.of.maximum + 1)

    def decode(self, code: int) -> Value:
        """Two's complement where it is signed."""
        return Fraction(self.position_of(code))

    def fields(self, code: int) -> Fields:
        """There is one."""
        return (("integer", self.of.bits),)

    def code_at(self, position: int) -> int:
        """Two's complement where it is signed."""
        return position & self.of.mask

    def position_of(self, code: int) -> int:
        """The number."""
        return code - (1 << self.of.bits) if code > self.of.maximum else code
