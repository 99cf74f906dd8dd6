"""Binary floating-point formats without kernels: P3109's, unsigned ones, and those of no mantissa.

Sources: IEEE P3109, interim report on arithmetic formats for machine learning, 2025 (widths,
biases, and where the special values are); NVIDIA's PTX ISA 9.0 for UE4M3; arXiv 2310.16836 for
E3M0.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rvx.formats.number.format import Fields, Format, Value
from rvx.records import dataclass

WIDEST = 16
"""Bits of P3109's formats here; the report has 3 to 15."""
_P3109 = re.compile(r"(?:binary|p3109_k)(\d+)p(\d+)(?:([su])([ef]))?")
_UNSIGNED = re.compile(r"ue(\d+)m(\d+)")
_POWERS = re.compile(r"(?:(?:float|fp)(\d+)_?)?e(\d+)m0(?:fn)?")


@dataclass(frozen=True)
class Binary(Format):
    """Sign, exponent and mantissa, with special values where the attributes put them.

    Attributes:
        name: as it is printed.
        exponent: bits of the exponent field.
        mantissa: bits of the mantissa field, 0 or more.
        bias: what the exponent field is too large by.
        is_signed: whether there is a sign.
        has_infinity: whether infinities are next to the largest numbers.
        nans: how many codes of each sign, the highest, are NaN.
        has_minus_zero: whether the code of minus zero is one; otherwise it is the NaN.
        padding: bits in front that are always 0.
    """

    name: str = ""
    exponent: int = 1
    mantissa: int = 0
    bias: int = 0
    is_signed: bool = True
    has_infinity: bool = False
    nans: int = 0
    has_minus_zero: bool = False
    padding: int = 0

    @property
    def bits(self) -> int:
        """Of a code."""
        return self.padding + self.is_signed + self.exponent + self.mantissa

    @property
    def _sign(self) -> int:
        return 1 << self.exponent + self.mantissa

    @property
    def _last(self) -> int:
        """The largest magnitude in the order: infinity, where there is one."""
        return self._sign - 1 - self.nans

    @property
    def positions(self) -> range:
        """Negative for negative numbers."""
        return range(-self._last if self.is_signed else 0, self._last + 1)

    def decode(self, code: int) -> Value:
        """As of IEEE 754, but for the special values."""
        position = self.position_of(code)
        if position is None:
            return "NaN" if code >> self.bits - self.padding == 0 else "no code"
        if self.has_infinity and abs(position) == self._last:
            return "infinity" if position > 0 else "-infinity"
        magnitude = self._magnitude(abs(position))
        return -magnitude if position < 0 else magnitude

    def _magnitude(self, position: int) -> Fraction:
        field, mantissa = divmod(position, 1 << self.mantissa)
        significand = mantissa + (1 << self.mantissa if field else 0)
        return significand * Fraction(2) ** (max(field, 1) - self.bias - self.mantissa)

    def fields(self, code: int) -> Fields:
        """Only those that there are."""
        sizes = (
            ("zero", self.padding),
            ("sign", int(self.is_signed)),
            ("exponent", self.exponent),
            ("mantissa", self.mantissa),
        )
        return tuple((name, size) for name, size in sizes if size)

    def code_at(self, position: int) -> int:
        """Sign and magnitude."""
        return self._sign - position if position < 0 else position

    def position_of(self, code: int) -> int | None:
        """That of minus zero, where there is one, is 0."""
        if code >> self.bits - self.padding:
            return None
        magnitude = code & self._sign - 1
        is_negative = self.is_signed and bool(code & self._sign)
        if magnitude > self._last or (is_negative and magnitude == 0 and not self.has_minus_zero):
            return None
        return -magnitude if is_negative else magnitude

    def boundary(self, position: int) -> Fraction:
        """Half-way; in front of infinity, half-way to the number that would be there."""
        low, high = position, position + 1
        below, above = (self._magnitude(abs(at)) * (-1 if at < 0 else 1) for at in (low, high))
        return (below + above) / 2

    @property
    def minus_zero(self) -> int | None:
        """The sign alone."""
        return self._sign if self.has_minus_zero else None

    def encode(self, wanted: Fraction) -> int:
        """As everywhere; what is rounded up to 0 keeps its sign."""
        code = super().encode(wanted)
        return self._sign if code == 0 and wanted < 0 and self.has_minus_zero else code

    def special(self, kind: str, is_negative: bool) -> int | None:
        """Without infinities there is the largest number in their place."""
        if kind == "inf":
            return self.code_at(self.positions[0] if is_negative else self.positions[-1])
        if self.nans:
            return self._sign - 1
        return self._sign if self.is_signed and not self.has_minus_zero else None


def p3109(width: int, precision: int, is_signed: bool = True, is_extended: bool = True) -> Binary:
    """A format of P3109.

    Args:
        width: K, bits of a code.
        precision: P, significant bits of a normal number.
        is_signed: whether there are negative numbers.
        is_extended: whether there are infinities.

    Raises:
        ValueError: there is no such format.
    """
    most = width - is_signed
    if not 3 <= width <= WIDEST or not 1 <= precision <= most:
        raise ValueError(
            f"binary{width}p{precision} is no format of P3109: K is 3 to {WIDEST}, and P is 1 to "
            f"{'K - 1' if is_signed else 'K'} where it is {'' if is_signed else 'un'}signed"
        )
    kind = ("s" if is_signed else "u") + ("e" if is_extended else "f")
    return Binary(
        f"binary{width}p{precision}{kind}",
        exponent=width - precision + (not is_signed),
        mantissa=precision - 1,
        bias=1 << width - precision - is_signed,
        is_signed=is_signed,
        has_infinity=is_extended,
        nans=int(not is_signed),
    )


def unsigned(exponent: int, mantissa: int) -> Binary:
    """A scale such as UE4M3: no sign, no infinity, one NaN; in whole bytes, zeros in front."""
    if not 1 <= exponent <= 8 or not 1 <= mantissa <= 8:
        raise ValueError(
            f"ue{exponent}m{mantissa} is no format: an unsigned one has 1 to 8 bits of exponent "
            "and 1 to 8 of mantissa, or is ue8m0"
        )
    return Binary(
        f"ue{exponent}m{mantissa}",
        exponent=exponent,
        mantissa=mantissa,
        bias=(1 << exponent - 1) - 1,
        is_signed=False,
        nans=1,
        padding=-(exponent + mantissa) % 8,
    )


def powers(exponent: int) -> Binary:
    """Signed powers of two and a zero, all codes finite, such as E3M0."""
    if not 2 <= exponent <= 8:
        raise ValueError(f"e{exponent}m0 is no format: its exponent has 2 to 8 bits")
    return Binary(
        f"float{1 + exponent}_e{exponent}m0fn",
        exponent=exponent,
        bias=(1 << exponent - 1) - 1,
        has_minus_zero=True,
    )


def parse(name: str) -> Binary:
    """The format of a name such as binary8p3se, ue5m3 or e3m0.

    Raises:
        ValueError: nothing is called so.
    """
    if found := _P3109.fullmatch(name):
        return p3109(int(found[1]), int(found[2]), found[3] != "u", found[4] != "f")
    if found := _UNSIGNED.fullmatch(name):
        return unsigned(int(found[1]), int(found[2]))
    if found := _POWERS.fullmatch(name):
        made = powers(int(found[2]))
        if found[1] and int(found[1]) != made.bits:
            raise ValueError(f"'{name}' says {found[1]} bits, but its fields make {made.bits}")
        return made
    raise ValueError(f"'{name}' is not such a format")
