"""Formats as whoever judges an error needs them: the number of a code, and the step at a number."""

from __future__ import annotations

import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from rvx.errors import RvxError
from rvx.formats.integer import Integer
from rvx.formats.minifloat import Flavour, Minifloat
from rvx.formats.minifloat.exact.core import power
from rvx.formats.posit.exact import decode as decode_posit
from rvx.formats.posit.exact import floor_log2, neighbours
from rvx.formats.posit.format import Posit, Quire
from rvx.isa.real import Whole

Real = Fraction | float
"""A `Fraction`, or a float that is infinite."""
_MOST_KNOWN = 1 << 17
"""Codes whose numbers are remembered."""
_INFINITY = math.inf
_HUGE = Fraction(1 << 2000)
_MORE, _LESS = 1 + 2.0**-30, 1 - 2.0**-30


def rough(x: Fraction) -> float:
    """The size of a number as a float, infinite where none is as large."""
    try:
        return abs(float(x))
    except OverflowError:
        return _INFINITY


class FormatProblem(RvxError, ValueError):
    """A format that nobody knows the numbers of."""


class Numbers(ABC):
    """The numbers of a format.

    Attributes:
        name: of the format.
        bits: of a code.
        largest: the largest number; None where nothing is too large.
        smallest: the smallest one of full precision; what is below it may have lost digits.
        precision: significant bits, about.
        surely: sizes between these two floats are neither too large nor too small.
    """

    def __init__(
        self, name: str, bits: int, largest: Fraction | None, smallest: Fraction, precision: int
    ) -> None:
        self.name, self.bits = name, bits
        self.largest, self.smallest, self.precision = largest, smallest, precision
        self._known: dict[int, Real | None] = {}
        if largest is not None:
            self.beyond = largest + self.ulp(largest) / 2
        self.surely = (rough(smallest) * _MORE, rough(largest or _HUGE) * _LESS)

    def value(self, code: int) -> Real | None:
        """The number of a code: None for what is none, infinities as floats."""
        try:
            return self._known[code]
        except KeyError:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[code] = self._decoded(code)
            return found

    @abstractmethod
    def _decoded(self, code: int) -> Real | None:
        """The number of a code."""

    @abstractmethod
    def ulp(self, x: Fraction) -> Fraction:
        """The unit in the last place at a number: the distance of the codes around it."""

    def is_too_large(self, x: Fraction) -> bool:
        """Whether a number is beyond all of the format, so that rounding cannot reach them."""
        return self.largest is not None and abs(x) >= self.beyond


class FloatNumbers(Numbers):
    """Of a minifloat."""

    def __init__(self, fmt: Minifloat) -> None:
        self._fmt = fmt
        largest = (2 - Fraction(1, 1 << fmt.m)) * power(fmt.emax)
        if fmt.flavour in (Flavour.FN, Flavour.SCALE, Flavour.FINITE, Flavour.FNUZ):
            decoded = self._decoded(fmt.max_finite)
            assert isinstance(decoded, Fraction)
            largest = decoded
        super().__init__(fmt.name, fmt.bits, largest, power(fmt.emin), fmt.precision)

    def _decoded(self, code: int) -> Real | None:
        fmt = self._fmt
        if fmt.bits == 32 and fmt.e == 8 and fmt.flavour is Flavour.IEEE:
            return _of_float(struct.unpack("<f", code.to_bytes(4, "little"))[0])
        if fmt.bits == 64 and fmt.e == 11 and fmt.flavour is Flavour.IEEE:
            return _of_float(struct.unpack("<d", code.to_bytes(8, "little"))[0])
        sign = -1 if code & fmt.sign_mask else 1
        field, mantissa = divmod(code & fmt.magnitude_mask, 1 << fmt.m)
        top = (1 << fmt.e) - 1
        if fmt.flavour is Flavour.SCALE:
            return None if field == top else power(field - fmt.bias)
        if fmt.flavour is Flavour.IEEE and field == top:
            return sign * _INFINITY if mantissa == 0 else None
        if code == fmt.nan or (fmt.flavour is Flavour.FN and code & fmt.magnitude_mask == fmt.nan):
            return None
        if field == 0:
            return sign * mantissa * power(fmt.lsb_min)
        return sign * ((1 << fmt.m) + mantissa) * power(field - fmt.bias - fmt.m)

    def ulp(self, x: Fraction) -> Fraction:
        """The step of its binade, subnormal numbers included."""
        fmt = self._fmt
        over, under = abs(x.numerator), x.denominator
        if not over:
            return power(fmt.lsb_min)
        scale = over.bit_length() - under.bit_length()
        if (over < under << scale) if scale >= 0 else (over << -scale < under):
            scale -= 1
        return power(min(max(scale - fmt.m, fmt.lsb_min), fmt.emax - fmt.m))


def _of_float(x: float) -> Real | None:
    if math.isnan(x):
        return None
    return x if math.isinf(x) else Fraction(x)


class PositNumbers(Numbers):
    """Of a posit."""

    def __init__(self, fmt: Posit) -> None:
        self._fmt = fmt
        most = power(fmt.max_scale)
        super().__init__(fmt.name, fmt.n, most, 1 / most, fmt.fraction_bits + 1)
        self.beyond = most + power(fmt.max_scale - 1)

    def _decoded(self, code: int) -> Real | None:
        return decode_posit(code, self._fmt)

    def ulp(self, x: Fraction) -> Fraction:
        """By the bits that the regime leaves for a fraction, or else of the numbers around."""
        fmt = self._fmt
        least = power(-fmt.max_scale)
        magnitude = abs(x)
        if magnitude < least:
            return least
        scale = min(floor_log2(magnitude), fmt.max_scale)
        regime = scale >> fmt.es
        room = fmt.n - 1 - (regime + 2 if regime >= 0 else 1 - regime) - fmt.es
        if room >= 0:
            return power(scale - room)
        low, high = neighbours(magnitude, fmt)
        if low == high:
            low, high = (low - 1, high) if low == fmt.maxpos else (low, high + 1)
        below, above = decode_posit(low, fmt), decode_posit(high, fmt)
        assert below is not None
        assert above is not None
        return above - below


class QuireNumbers(Numbers):
    """Of the quire of a posit format, which is exact."""

    def __init__(self, quire: Quire) -> None:
        self._posit = quire.posit
        largest = Fraction((1 << self._posit.quire_bits - 1) - 1)
        largest *= power(self._posit.quire_scale)
        super().__init__(quire.name, quire.bits, largest, Fraction(0), self._posit.quire_bits)

    def _decoded(self, code: int) -> Real | None:
        # Words are signed, and hold more than 32 bits while carries are pending.
        units = 0
        for at in range(self._posit.quire_limbs):
            word = code >> 64 * at & (1 << 64) - 1
            units += (word - (word >> 63 << 64)) << 32 * at
        if units == -1 << self._posit.quire_bits - 1:
            return None
        return units * power(self._posit.quire_scale)

    def ulp(self, x: Fraction) -> Fraction:
        """That of its lowest bit."""
        return power(self._posit.quire_scale)


class WholeNumbers(Numbers):
    """Of integers, or of numbers with a fixed point."""

    def __init__(self, fmt: Whole) -> None:
        self._is_signed, self._step = fmt.is_signed, power(-fmt.places)
        largest = (1 << fmt.bits - fmt.is_signed) - 1
        super().__init__(fmt.name, fmt.bits, largest * self._step, Fraction(0), fmt.bits)
        if not self._is_signed:
            self.surely = (math.inf, 0.0)  # Negative numbers are too small.

    def _decoded(self, code: int) -> Real | None:
        if self._is_signed and code >> self.bits - 1:
            code -= 1 << self.bits
        return code * self._step

    def ulp(self, x: Fraction) -> Fraction:
        """One, or the step of the last place."""
        return self._step

    def is_too_large(self, x: Fraction) -> bool:
        """Whether a number is beyond the largest or the least integer."""
        least = -self._step * (1 << self.bits - 1) if self._is_signed else Fraction(0)
        return x >= self.beyond or (x <= least - self._step / 2 and x < 0)


class OwnNumbers(Numbers):
    """Of a format of a user's own: something with `bits` and `value(code)`.

    `value` gives a number, or None for a code that stands for none. The numbers are those of all
    codes, in their order: that is only done for formats of up to 16 bits. Others have `ulp(x)` too.
    """

    def __init__(self, fmt: Any) -> None:
        self._fmt = fmt
        self._ulp: Callable[[Fraction], Any] | None = getattr(fmt, "ulp", None)
        name = str(getattr(fmt, "name", type(fmt).__name__))
        self._sorted: list[Fraction] = []
        if self._ulp is None:
            if fmt.bits > 16:
                raise FormatProblem(
                    f"format {name} of {fmt.bits} bits: one of more than 16 bits needs a method "
                    f"ulp(x), the unit in the last place at a number"
                )
            found = (self._decoded(code) for code in range(1 << fmt.bits))
            self._sorted = sorted({one for one in found if isinstance(one, Fraction)})
        largest = self._sorted[-1] if self._sorted else None
        precision = int(getattr(fmt, "precision", fmt.bits))
        super().__init__(name, fmt.bits, largest, Fraction(0), precision)

    def _decoded(self, code: int) -> Real | None:
        found = self._fmt.value(code)
        if found is None or (isinstance(found, float) and math.isinf(found)):
            return found
        return None if isinstance(found, float) and math.isnan(found) else Fraction(found)

    def ulp(self, x: Fraction) -> Fraction:
        """The format's, or the distance of the two numbers around."""
        if self._ulp is not None:
            return Fraction(self._ulp(x))
        from bisect import bisect_right

        numbers = self._sorted
        if len(numbers) < 2:
            return Fraction(1)
        at = min(max(bisect_right(numbers, x) - 1, 0), len(numbers) - 2)
        return numbers[at + 1] - numbers[at]


@cache
def numbers_of(fmt: Any) -> Numbers:
    """The numbers of a format; always the same object for the same format.

    Raises:
        FormatProblem: nobody knows what its codes mean.
    """
    if isinstance(fmt, Minifloat):
        return FloatNumbers(fmt)
    if isinstance(fmt, Posit):
        return PositNumbers(fmt)
    if isinstance(fmt, Quire):
        return QuireNumbers(fmt)
    if isinstance(fmt, Whole):
        return WholeNumbers(fmt)
    if isinstance(fmt, Integer):
        return WholeNumbers(Whole(fmt.bits, fmt.signed))
    if callable(getattr(fmt, "value", None)) and isinstance(getattr(fmt, "bits", None), int):
        return OwnNumbers(fmt)
    raise FormatProblem(
        f"{fmt!r} is no format whose numbers are known: a Minifloat, a Posit, a Whole, or "
        f"something of your own with bits and value(code)"
    )
