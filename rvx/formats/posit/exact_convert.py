"""Conversions, rounding to integers and Mitchell's approximations on exact fractions.

The slow reference of `convert`, `integral` and `approximate`. Source: Posit Standard (2022),
sections 5.2 and 6; for `percival` and the approximations, the PERCIVAL hardware.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil as ceil_of
from math import floor as floor_of

from rvx.formats.posit.exact import decode, encode, floor_log2, times_power
from rvx.formats.posit.format import Posit


def resize(bits: int, source: Posit, target: Posit) -> int:
    """A posit of one format rounded to another (section 6.1)."""
    return encode(decode(bits, source), target)


def _integral(bits: int, fmt: Posit, rounding: Callable[[Fraction], int]) -> int:
    value = decode(bits, fmt)
    return fmt.nar if value is None else encode(Fraction(rounding(value)), fmt)


def nearest_int(bits: int, fmt: Posit) -> int:
    """The nearest integer, ties to even, as a posit (nearestInt)."""
    return _integral(bits, fmt, round)


def ceil(bits: int, fmt: Posit) -> int:
    """The least integer that is not less, as a posit."""
    return _integral(bits, fmt, ceil_of)


def floor(bits: int, fmt: Posit) -> int:
    """The greatest integer that is not greater, as a posit."""
    return _integral(bits, fmt, floor_of)


def to_int(bits: int, fmt: Posit, width: int, signed: bool, percival: bool = False) -> int:
    """The nearest integer of `width` bits, ties to even, as a pattern (section 6.4).

    NaR and what is out of range give the word 10..0; unsigned, PERCIVAL gives 0.
    """
    invalid = 0 if percival and not signed else 1 << (width - 1)
    value = decode(bits, fmt)
    if value is None:
        return invalid
    integer = round(value)
    least, limit = (-(1 << (width - 1)), 1 << (width - 1)) if signed else (0, 1 << width)
    return integer % (1 << width) if least <= integer < limit else invalid


def from_int(word: int, fmt: Posit, width: int, signed: bool, percival: bool = False) -> int:
    """The posit nearest to an integer of `width` bits given as a pattern (section 6.4).

    The word 10..0 gives NaR; unsigned, PERCIVAL takes its value.
    """
    top = 1 << (width - 1)
    if word == top and (signed or not percival):
        return fmt.nar
    value = word - (1 << width) if signed and word >= top else word
    return encode(Fraction(value), fmt)


def ieee_value(bits: int, exponent_bits: int, fraction_bits: int) -> Fraction | None:
    """The value of an IEEE 754 pattern, None for NaN and infinity."""
    fraction = bits & ((1 << fraction_bits) - 1)
    exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1)
    negative = bits >> (fraction_bits + exponent_bits) & 1
    if exponent == (1 << exponent_bits) - 1:
        return None
    bias = (1 << (exponent_bits - 1)) - 1
    significand = fraction + (1 << fraction_bits if exponent else 0)
    value = times_power(significand, max(exponent, 1) - bias - fraction_bits)
    return -value if negative else value


def from_ieee(word: int, fmt: Posit, exponent_bits: int, fraction_bits: int) -> int:
    """The posit nearest to an IEEE number; NaN and infinities give NaR (section 6.5)."""
    return encode(ieee_value(word, exponent_bits, fraction_bits), fmt)


def to_ieee(bits: int, fmt: Posit, exponent_bits: int, fraction_bits: int) -> int:
    """The pattern of the nearest IEEE number, ties to even; NaR gives a quiet NaN (section 6.5)."""
    infinity = ((1 << exponent_bits) - 1) << fraction_bits
    value = decode(bits, fmt)
    if value is None:
        return infinity | 1 << (fraction_bits - 1)
    if value == 0:
        return 0
    bias = (1 << (exponent_bits - 1)) - 1
    scale = max(floor_log2(abs(value)), 1 - bias)
    # In units of the last place the patterns of one sign are consecutive integers.
    units = round(times_power(abs(value), fraction_bits - scale))
    pattern = ((scale + bias - 1) << fraction_bits) + units
    sign = 1 << (exponent_bits + fraction_bits) if value < 0 else 0
    return sign | min(pattern, infinity)


def _log(value: Fraction) -> Fraction:
    scale = floor_log2(value)
    return scale + times_power(value, -scale) - 1


def _antilog(log: Fraction) -> Fraction:
    scale = floor_of(log)
    return times_power(1 + log - scale, scale)


def approximate_mul(a: int, b: int, fmt: Posit) -> int:
    """Mitchell's product: the antilogarithm of the sum of approximate logarithms."""
    x, y = decode(a, fmt), decode(b, fmt)
    if x is None or y is None:
        return fmt.nar
    if x == 0 or y == 0:
        return 0
    magnitude = _antilog(_log(abs(x)) + _log(abs(y)))
    return encode(-magnitude if (x < 0) != (y < 0) else magnitude, fmt)


def approximate_div(a: int, b: int, fmt: Posit) -> int:
    """Mitchell's quotient: the antilogarithm of the difference of approximate logarithms."""
    x, y = decode(a, fmt), decode(b, fmt)
    if x is None or y is None or y == 0:
        return fmt.nar
    if x == 0:
        return 0
    magnitude = _antilog(_log(abs(x)) - _log(abs(y)))
    return encode(-magnitude if (x < 0) != (y < 0) else magnitude, fmt)


def approximate_sqrt(a: int, fmt: Posit) -> int:
    """The antilogarithm of half the approximate logarithm."""
    x = decode(a, fmt)
    if x is None or x < 0:
        return fmt.nar
    return encode(_antilog(_log(x) / 2), fmt) if x else 0
