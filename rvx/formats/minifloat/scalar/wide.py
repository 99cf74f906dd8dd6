"""Products of significands of up to 53 bits, and their sums, in two 64-bit limbs."""

from __future__ import annotations

from rvx.formats.bits import clz64, mulhu64, shr64, ult64
from rvx.formats.minifloat.scalar.sums import signed

PLACE = 60
"""Where the highest bit of a factor is put, so that a product has its own at 120 or 121."""


def wide_product(mag_a: int, mag_b: int) -> tuple[int, int]:
    """(mag, exp): the product of two positive significands of at most 53 bits, jammed.

    Both are normalised first, so that `mag` has 61 or 62 bits; a product of 106 bits ends in 16
    zeros and more below them, which are cut off with the rest.
    """
    places_a = clz64(mag_a) - (63 - PLACE)
    places_b = clz64(mag_b) - (63 - PLACE)
    high = mulhu64(mag_a << (places_a + 2), mag_b << (places_b + 2))
    low = (mag_a << (places_a + 2)) * (mag_b << (places_b + 2))
    return high | (1 if low != 0 else 0), 60 - places_a - places_b


def wide_sum(
    sign_p: int, mag_a: int, mag_b: int, exp_p: int, sign_c: int, mag_c: int, exp_c: int
) -> tuple[int, int]:
    """(value, exp): +-(mag_a * mag_b) * 2^exp_p +- mag_c * 2^exp_c, jammed into 62 bits.

    Factors and addend have at most 53 bits. The larger of product and addend is held in two limbs
    with its highest bit at 120 or 121; the smaller one is shifted right to meet it and jammed.
    Bits are lost only where the two lie so far apart that nothing cancels, because the 128 bits
    end in at least 16 zeros (product) or 68 (addend).
    """
    if mag_a == 0 or mag_b == 0:
        return signed(sign_c, mag_c), exp_c
    places_a = clz64(mag_a) - (63 - PLACE)
    places_b = clz64(mag_b) - (63 - PLACE)
    high = mulhu64(mag_a << places_a, mag_b << places_b)
    low = (mag_a << places_a) * (mag_b << places_b)
    exp = exp_p - places_a - places_b
    if mag_c == 0:
        return _top(sign_p, high, low, exp)
    places_c = clz64(mag_c) - (63 - (2 * PLACE - 64))
    other_high = mag_c << places_c
    other_low = 0
    other_exp = exp_c - places_c - 64
    sign = sign_p
    if other_exp > exp:
        high, low, exp, other_high, other_low, other_exp = (
            other_high,
            other_low,
            other_exp,
            high,
            low,
            exp,
        )
        sign = sign_c
    other_high, other_low = _shifted(other_high, other_low, exp - other_exp)
    if sign_p == sign_c:
        total = low + other_low
        high += other_high + (1 if ult64(total, low) else 0)
        return _top(sign, high, total, exp)
    borrow = 1 if ult64(low, other_low) else 0
    low -= other_low
    high -= other_high + borrow
    if high < 0:
        sign = 1 - sign
        low = -low
        high = -high - (1 if low != 0 else 0)
    return _top(sign, high, low, exp)


def _shifted(high: int, low: int, count: int) -> tuple[int, int]:
    """Two limbs shifted right by `count` >= 0, jammed."""
    if count >= 126:
        return 0, 1 if high | low != 0 else 0
    lost = 0
    if count >= 64:
        lost = low
        low = high
        high = 0
        count -= 64
    if count > 0:
        lost |= low << (64 - count)
        low = shr64(low, count) | (high << (64 - count))
        high >>= count
    return high, low | (1 if lost != 0 else 0)


def _top(sign: int, high: int, low: int, exp: int) -> tuple[int, int]:
    """Two limbs, 0 <= high < 2^60, as a signed value below 2^62, jammed."""
    if high == 0:
        if low >> 61 == 0:
            return signed(sign, low), exp
        return signed(sign, shr64(low, 2) | (1 if low & 3 != 0 else 0)), exp + 2
    places = clz64(high) - 2
    mag = (high << places) | shr64(low, 64 - places)
    return signed(sign, mag | (1 if low << places != 0 else 0)), exp + 64 - places
