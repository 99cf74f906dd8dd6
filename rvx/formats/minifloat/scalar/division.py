"""Factories of division and square root, by recurrences on integers."""

from __future__ import annotations

from functools import cache

from rvx.formats.bits import clz64
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import DZ, NV, STOCHASTIC_BITS, Overflow
from rvx.formats.minifloat.scalar.arithmetic import Binary
from rvx.formats.minifloat.scalar.convert import Unary
from rvx.formats.minifloat.scalar.pack import (
    FINITE,
    INFINITE,
    QUIET,
    SIGNALLING,
    WIDEST_STOCHASTIC,
    make_infinite,
    make_kind,
    make_nan,
    make_pack,
    make_unpack,
    make_zero,
)
from rvx.formats.minifloat.scalar.special import require_arithmetic

DIVISOR = 24
"""Widest divisor of the short division: a quotient of 38 bits then comes from one step."""
LONG = 53
DIGIT = 9
DIGITS = 6


def short_quotient(mag_a: int, mag_b: int) -> tuple[int, int]:
    """(mag, exp) of mag_a / mag_b, jammed: at least 38 bits, for significands of up to 24."""
    places_a = clz64(mag_a) - 2
    places_b = clz64(mag_b) - (64 - DIVISOR)
    a = mag_a << places_a
    b = mag_b << places_b
    quotient = a // b
    rest = a - quotient * b
    return (quotient << 1) | (1 if rest != 0 else 0), places_b - places_a - 1


def long_quotient(mag_a: int, mag_b: int) -> tuple[int, int]:
    """(mag, exp) of mag_a / mag_b, jammed: at least 55 bits, for significands of up to 53.

    Long division with digits of nine bits: what remains is below 2^53, and 62 bits with a digit.
    """
    places_a = clz64(mag_a) - (64 - LONG)
    places_b = clz64(mag_b) - (64 - LONG)
    a = mag_a << places_a
    b = mag_b << places_b
    quotient = a // b
    rest = a - quotient * b
    for _ in range(DIGITS):
        rest <<= DIGIT
        digit = rest // b
        rest -= digit * b
        quotient = (quotient << DIGIT) | digit
    exp = places_b - places_a - DIGITS * DIGIT - 1
    return (quotient << 1) | (1 if rest != 0 else 0), exp


def root(mag: int, exp: int, count: int) -> tuple[int, int]:
    """(mag, exp) of the square root of mag * 2^exp, jammed: `count` bits, or one more.

    One bit per step, taking two bits of the operand, as on paper, for operands of at most
    2 * count bits; `rest` stays below four times the root, so that roots of up to 60 bits fit.
    """
    places = clz64(mag) - 3
    if (exp - places) & 1:
        places -= 1
    mag <<= places
    exp -= places
    result = 0
    rest = 0
    for _ in range(count):
        rest = (rest << 2) | (mag >> 60)
        mag = (mag << 2) & ((1 << 62) - 1)
        trial = (result << 2) | 1
        result <<= 1
        if rest >= trial:
            rest -= trial
            result |= 1
    return (result << 1) | (1 if rest != 0 else 0), ((exp + 62) >> 1) - count - 1


@cache
def make_div(fmt: Minifloat, overflow: Overflow | None = None) -> Binary:
    """div(a, b, rm): a / b. A finite number over zero raises DZ and is an infinity."""
    require_arithmetic(fmt)
    unpack = make_unpack(fmt)
    kind = make_kind(fmt)
    pack = make_pack(fmt, overflow)
    nan = make_nan(fmt)
    zero = make_zero(fmt)
    infinite = make_infinite(fmt, overflow)
    is_short = fmt.precision <= DIVISOR

    def div(a: int, b: int, rm: int) -> tuple[int, int]:
        sign_a, mag_a, exp_a = unpack(a)
        sign_b, mag_b, exp_b = unpack(b)
        sign = sign_a ^ sign_b
        kind_a = kind(a)
        kind_b = kind(b)
        worst = max(kind_a, kind_b)
        if worst != FINITE:
            if worst >= QUIET:
                return nan(NV if worst == SIGNALLING else 0)
            if kind_a == kind_b:
                return nan(NV)
            return (infinite(sign) if kind_a == INFINITE else zero(sign)), 0
        if mag_b == 0:
            return nan(NV) if mag_a == 0 else (infinite(sign), DZ)
        if mag_a == 0:
            return zero(sign), 0
        mag, exp = short_quotient(mag_a, mag_b) if is_short else long_quotient(mag_a, mag_b)
        return pack(sign, mag, exp + exp_a - exp_b, rm)

    return div


@cache
def make_sqrt(fmt: Minifloat, overflow: Overflow | None = None) -> Unary:
    """sqrt(a, rm): the square root; that of -0 is -0."""
    require_arithmetic(fmt)
    unpack = make_unpack(fmt)
    kind = make_kind(fmt)
    pack = make_pack(fmt, overflow)
    nan = make_nan(fmt)
    zero = make_zero(fmt)
    infinite = make_infinite(fmt, overflow)
    looked_at = STOCHASTIC_BITS if fmt.precision <= WIDEST_STOCHASTIC else 1
    count = fmt.precision + looked_at + 1

    def sqrt(a: int, rm: int) -> tuple[int, int]:
        sign, mag, exp = unpack(a)
        kind_a = kind(a)
        if kind_a >= QUIET:
            return nan(NV if kind_a == SIGNALLING else 0)
        if kind_a == FINITE and mag == 0:
            return zero(sign), 0
        if sign:
            return nan(NV)
        if kind_a == INFINITE:
            return infinite(0), 0
        mag, exp = root(mag, exp, count)
        return pack(0, mag, exp, rm)

    return sqrt
