"""The reference: minifloats on exact rational numbers, in the words of IEEE 754 and RISC-V.

Slow and plain on purpose; it shares no code with the compiled kernels that are tested against it.
A rounding argument `rm` is that of `rvx.formats.minifloat.rounding`.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from functools import cache, lru_cache

from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import (
    NV,
    NX,
    OF,
    STOCHASTIC_BITS,
    UF,
    Overflow,
    Rounding,
)
from rvx.records import dataclass

Result = tuple[int, int]
"""A code of the destination format, and the RISC-V exception flags."""

ZERO = Fraction(0)


class Kind(Enum):
    """What a code stands for."""

    FINITE = "finite"
    INFINITY = "infinity"
    QUIET = "quiet NaN"
    SIGNALLING = "signalling NaN"


@dataclass(frozen=True)
class Datum:
    """A floating-point datum (IEEE 754-2019, 3.3): sign, kind, and magnitude if it is finite."""

    is_negative: bool
    kind: Kind
    magnitude: Fraction = ZERO

    @property
    def is_nan(self) -> bool:
        """Whether this is not a number."""
        return self.kind in (Kind.QUIET, Kind.SIGNALLING)

    @property
    def is_infinite(self) -> bool:
        """Whether this is an infinity."""
        return self.kind is Kind.INFINITY

    @property
    def is_zero(self) -> bool:
        """Whether this is a zero of either sign."""
        return self.kind is Kind.FINITE and self.magnitude == 0

    @property
    def value(self) -> Fraction:
        """The number; meaningful for finite data only."""
        return -self.magnitude if self.is_negative else self.magnitude


@lru_cache(1 << 16)
def decode(fmt: Minifloat, code: int) -> Datum:
    """What a code means.

    Raises:
        ValueError: the code does not fit in the format.
    """
    if not 0 <= code < 1 << fmt.bits:
        raise ValueError(f"{code:#x} is no code of {fmt}; valid are 0 to {(1 << fmt.bits) - 1:#x}")
    is_negative = bool(code & fmt.sign_mask)
    field, mantissa = divmod(code & fmt.magnitude_mask, 1 << fmt.m)
    top = (1 << fmt.e) - 1
    match fmt.flavour:
        case Flavour.IEEE if field == top:
            if mantissa == 0:
                return Datum(is_negative, Kind.INFINITY)
            is_quiet = bool(mantissa >> (fmt.m - 1))
            return Datum(is_negative, Kind.QUIET if is_quiet else Kind.SIGNALLING)
        case Flavour.FN if field == top and mantissa == (1 << fmt.m) - 1:
            return Datum(is_negative, Kind.QUIET)
        case Flavour.FNUZ if code == fmt.sign_mask:
            return Datum(False, Kind.QUIET)
        case Flavour.SCALE:
            if field == top:
                return Datum(False, Kind.QUIET)
            return Datum(False, Kind.FINITE, power(field - fmt.bias))
    if field == 0:
        return Datum(is_negative, Kind.FINITE, mantissa * power(fmt.lsb_min))
    significand = (1 << fmt.m) + mantissa
    return Datum(is_negative, Kind.FINITE, significand * power(field - fmt.bias - fmt.m))


@cache
def power(exponent: int) -> Fraction:
    """2^exponent; kept, because every rounding asks for the same few."""
    return Fraction(2) ** exponent


@cache
def largest(fmt: Minifloat) -> Fraction:
    """The largest finite number of a format."""
    return decode(fmt, fmt.max_finite).magnitude


def nan(fmt: Minifloat, flags: int = NV) -> Result:
    """The canonical NaN; positive zero and NV in a format that has none."""
    return (0, flags | NV) if fmt.nan is None else (fmt.nan, flags)


def with_sign(fmt: Minifloat, magnitude: int, is_negative: bool) -> int:
    """A magnitude code with a sign, unless it is the zero of a format with only one."""
    if magnitude == 0 and not fmt.has_negative_zero:
        return 0
    return magnitude | (fmt.sign_mask if is_negative else 0)


def infinite(
    fmt: Minifloat, is_negative: bool, flags: int = 0, overflow: Overflow | None = None
) -> Result:
    """An infinity of the exact result, as the format can express it."""
    match fmt.overflow_policy(overflow):
        case Overflow.NAN:
            return nan(fmt, flags)
        case Overflow.INFINITY if fmt.infinity is not None:
            return with_sign(fmt, fmt.infinity, is_negative), flags
    return with_sign(fmt, fmt.max_finite, is_negative), flags


def exponent(magnitude: Fraction) -> int:
    """The e of 2^e <= magnitude < 2^(e+1), for a positive number."""
    guess = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    return guess if magnitude >= power(guess) else guess - 1


def round_to_multiple(magnitude: Fraction, lsb: int, is_negative: bool, rm: int) -> int:
    """The multiple of 2^lsb that a magnitude rounds to, as a count of steps."""
    scaled = magnitude / power(lsb)
    whole = scaled.denominator
    low, rest = divmod(scaled.numerator, whole)
    if rest == 0:
        return low
    match rm & 7:
        case Rounding.RNE:
            # With one bit of precision both neighbours are odd steps of their binade, and the
            # larger one is taken (IEEE 754-2019, 4.3.1); from an odd `low` that is upwards too.
            up = 2 * rest > whole or (2 * rest == whole and low % 2 == 1)
        case Rounding.RTZ:
            up = False
        case Rounding.RDN:
            up = is_negative
        case Rounding.RUP:
            up = not is_negative
        case Rounding.RMM:
            up = 2 * rest >= whole
        case Rounding.ROD:
            up = low % 2 == 0
        case Rounding.RSR:
            up = (rm >> 3) < (rest << STOCHASTIC_BITS) // whole
        case reserved:
            raise ValueError(f"{reserved} is no rounding mode; valid are 0 (RNE) to 6 (RSR)")
    return low + up


def round_to(
    fmt: Minifloat,
    magnitude: Fraction,
    is_negative: bool,
    rm: int,
    overflow: Overflow | None = None,
) -> Result:
    """Rounds an exact magnitude with a sign to a format, once.

    Underflow is signalled when the result is inexact and tiny after rounding: when rounding with
    an unbounded exponent gives less than the smallest normal number (RISC-V F, 2.2).
    """
    if fmt.flavour is Flavour.SCALE and (is_negative or magnitude == 0):
        return nan(fmt)
    if magnitude == 0:
        return with_sign(fmt, 0, is_negative), 0
    e = exponent(magnitude)
    lsb = max(e - fmt.m, fmt.lsb_min)
    rounded = round_to_multiple(magnitude, lsb, is_negative, rm) * power(lsb)
    if fmt.flavour is Flavour.SCALE:
        rounded = max(rounded, power(fmt.emin))
    flags = 0 if rounded == magnitude else NX
    if rounded > largest(fmt):
        flags = OF | NX
        if _stays_finite(is_negative, rm):
            return with_sign(fmt, fmt.max_finite, is_negative), flags
        return infinite(fmt, is_negative, flags, overflow)
    if flags and e < fmt.emin:
        unbounded = round_to_multiple(magnitude, e - fmt.m, is_negative, rm) * power(e - fmt.m)
        flags |= UF if unbounded < power(fmt.emin) else 0
    return with_sign(fmt, encode_magnitude(fmt, rounded), is_negative), flags


def _stays_finite(is_negative: bool, rm: int) -> bool:
    """Whether a mode takes numbers beyond the largest finite one back to it."""
    match rm & 7:
        case Rounding.RTZ | Rounding.ROD:
            return True
        case Rounding.RDN:
            return not is_negative
        case Rounding.RUP:
            return is_negative
    return False


def encode_magnitude(fmt: Minifloat, magnitude: Fraction) -> int:
    """The code of a magnitude that is a number of the format."""
    if magnitude == 0:
        return 0
    e = max(exponent(magnitude), fmt.emin)
    mantissa = magnitude / power(e - fmt.m)
    hidden = 1 << fmt.m
    if mantissa < hidden:
        return int(mantissa)
    return ((e + fmt.bias) << fmt.m) | (int(mantissa) - hidden)
