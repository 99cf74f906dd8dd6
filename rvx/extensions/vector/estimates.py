"""Estimates of 1/x and 1/sqrt(x) to seven bits: vfrec7 and vfrsqrt7.

The two tables of the manual have a rule, from which they are made here: an entry is the result for
the middle of its interval, rounded to seven bits of fraction.

Source: "V" 1.0, sections on the vector floating-point reciprocal and reciprocal square-root
estimate instructions.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import DZ, NV, NX, OF
from rvx.formats.minifloat.scalar.pack import INFINITE, QUIET, SIGNALLING, make_kind, make_nan

Estimate = Callable[[int, int], tuple[int, int]]
BITS = 7
_RTZ, _RDN, _RUP = 1, 2, 3


def _nearest(numerator: int, denominator: int) -> int:
    return (2 * numerator // denominator + 1) // 2


def _nearest_root(numerator: int, denominator: int) -> int:
    return (math.isqrt(4 * numerator // denominator) + 1) // 2


RECIPROCALS = tuple(_nearest(1 << 16, 257 + 2 * i) - 128 for i in range(128))
"""Fraction of 2/s by the seven upper bits of the fraction of s: s is 1 + (i + 1/2) / 128 there."""
ROOTS = tuple(
    _nearest_root(1 << 23, (129 + 2 * i) * (2 - is_odd)) - 128
    for is_odd in (0, 1)
    for i in range(64)
)
"""Fraction of 2/sqrt(s) by the lowest bit of the exponent and six upper bits of the fraction."""


def make_reciprocal(fmt: Minifloat) -> Estimate:
    """A function of a code and a rounding mode that gives the estimate of 1/x, and flags."""
    fraction = fmt.precision - 1
    width = fmt.bits - 1 - fraction
    most = (1 << width) - 1
    ones = (1 << fraction) - 1
    infinity = most << fraction
    bias2 = 2 * ((1 << (width - 1)) - 1)
    place = fmt.bits - 1
    kind, nan = make_kind(fmt), make_nan(fmt)

    def reciprocal(a: int, rm: int) -> tuple[int, int]:
        sign = a >> place & 1
        signed_zero = sign << place
        kind_a = kind(a)
        if kind_a >= QUIET:
            return nan(NV if kind_a == SIGNALLING else 0)
        if kind_a == INFINITE:
            return signed_zero, 0
        exponent, significand = a >> fraction & most, a & ones
        if exponent == 0:
            if significand == 0:
                return signed_zero | infinity, DZ
            while significand >> (fraction - 1) == 0:
                exponent -= 1
                significand <<= 1
            significand = (significand << 1) & ones
            if exponent < -1:
                # Too small: 1/x is out of range, whatever the estimate.
                away = rm == _RTZ or (rm == _RDN and sign == 0) or (rm == _RUP and sign == 1)
                return signed_zero | (infinity - 1 if away else infinity), OF | NX
        result = bias2 - 1 - exponent
        estimate = RECIPROCALS[significand >> (fraction - BITS)] << (fraction - BITS)
        if result <= 0:
            # The result is subnormal: the leading one becomes a bit of the fraction.
            estimate = (estimate >> 1) | (1 << (fraction - 1))
            if result < 0:
                estimate >>= 1
                result = 0
        return signed_zero | result << fraction | estimate, 0

    return reciprocal


def make_reciprocal_root(fmt: Minifloat) -> Estimate:
    """A function of a code and a rounding mode that gives the estimate of 1/sqrt(x), and flags."""
    fraction = fmt.precision - 1
    width = fmt.bits - 1 - fraction
    most = (1 << width) - 1
    ones = (1 << fraction) - 1
    infinity = most << fraction
    bias3 = 3 * ((1 << (width - 1)) - 1)
    place = fmt.bits - 1
    kind, nan = make_kind(fmt), make_nan(fmt)

    def reciprocal_root(a: int, rm: int) -> tuple[int, int]:
        sign = a >> place & 1
        kind_a = kind(a)
        if kind_a >= QUIET:
            return nan(NV if kind_a == SIGNALLING else 0)
        exponent, significand = a >> fraction & most, a & ones
        if exponent == 0 and significand == 0:
            return sign << place | infinity, DZ
        if sign == 1:
            return nan(NV)
        if kind_a == INFINITE:
            return 0, 0
        if exponent == 0:
            while significand >> (fraction - 1) == 0:
                exponent -= 1
                significand <<= 1
            significand = (significand << 1) & ones
        index = (exponent & 1) << (BITS - 1) | significand >> (fraction - BITS + 1)
        result = bias3 - 1 - exponent >> 1
        return result << fraction | ROOTS[index] << (fraction - BITS), 0

    return reciprocal_root
