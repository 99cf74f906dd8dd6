"""Rounding to integers: nearestInt, ceil and floor, and conversion to and from machine integers.

Sources: Posit Standard (2022), sections 5.2 and 6.4, and the behaviour of PERCIVAL's arithmetic
unit where it differs. The standard does not state the tie rule of posit to integer; ties go to
even, as in nearestInt.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.bits import clz64, sext, shr64
from rvx.formats.posit.codec import make_decode, make_encode, pattern, unit
from rvx.formats.posit.format import Posit

Unary = Callable[[int], int]

_NEAREST, _CEIL, _FLOOR = range(3)


def make_nearest_int(fmt: Posit) -> Unary:
    """nearest_int(a): the nearest integer as a posit, ties to even (nearestInt)."""
    return _make_integral(fmt, _NEAREST)


def make_ceil(fmt: Posit) -> Unary:
    """ceil(a): the least integer that is not less, as a posit."""
    return _make_integral(fmt, _CEIL)


def make_floor(fmt: Posit) -> Unary:
    """floor(a): the greatest integer that is not greater, as a posit."""
    return _make_integral(fmt, _FLOOR)


def _make_integral(fmt: Posit, mode: int) -> Unary:
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)

    def integral(a: int) -> int:
        if a in (0, nar):
            return a
        sign, scale, sig = decode(a)
        if scale >= u:
            return a
        if scale < -1:
            # Nearer to zero than one half: any such number will do.
            scale = -1
            sig = 1
        cut = u - scale
        kept = sig >> cut
        rest = sig - (kept << cut)
        half = 1 << (cut - 1)
        if mode == _NEAREST:
            up = rest > half or (rest == half and kept & 1 == 1)
        elif mode == _CEIL:
            up = rest != 0 and sign == 0
        else:
            up = rest != 0 and sign != 0
        kept += up
        if kept == 0:
            return 0
        length = 63 - clz64(kept)
        return encode(sign, length, kept << (u - length), 0)

    return integral


def _make_magnitude(fmt: Posit) -> Callable[[int], tuple[int, int, bool]]:
    """magnitude(a) -> (sign, nearest integer to |a| as an unsigned word, whether it fits in 64)."""
    decode = make_decode(fmt)
    u = unit(fmt)

    def magnitude(a: int) -> tuple[int, int, bool]:
        sign, scale, sig = decode(a)
        if scale > 63:
            return sign, 0, False
        if scale < -1:
            return sign, 0, True
        if scale >= u:
            return sign, sig << (scale - u), True
        cut = u - scale
        kept = sig >> cut
        rest = sig - (kept << cut)
        half = 1 << (cut - 1)
        kept += rest > half or (rest == half and kept & 1 == 1)
        return sign, kept, True

    return magnitude


def make_to_signed(fmt: Posit, width: int) -> Unary:
    """to_signed(a): the nearest integer of `width` (32 or 64) bits, as a zero-extended pattern.

    NaR and what is out of range give the word 10..0.
    """
    magnitude = _make_magnitude(fmt)
    nar = pattern(fmt, fmt.nar)
    lowest = -(1 << 63) if width == 64 else 1 << (width - 1)
    mask = -1 if width == 64 else (1 << width) - 1

    def to_signed(a: int) -> int:
        if a == 0:
            return 0
        if a == nar:
            return lowest
        sign, word, fits = magnitude(a)
        if not fits or shr64(word, width - 1) != 0:
            return lowest
        return ((word ^ sign) - sign) & mask

    return to_signed


def make_to_unsigned(fmt: Posit, width: int, invalid_is_zero: bool) -> Unary:
    """to_unsigned(a): the nearest unsigned integer of `width` (32 or 64) bits.

    NaR and what is out of range, which includes all that rounds below zero, give 10..0 by the
    standard, and 0 in PERCIVAL (`invalid_is_zero`).
    """
    magnitude = _make_magnitude(fmt)
    nar = pattern(fmt, fmt.nar)
    highest_bit = -(1 << 63) if width == 64 else 1 << (width - 1)
    invalid = 0 if invalid_is_zero else highest_bit
    beyond = 0 if width == 64 else -1 << width

    def to_unsigned(a: int) -> int:
        if a == 0:
            return 0
        if a == nar:
            return invalid
        sign, word, fits = magnitude(a)
        if not fits or word & beyond != 0 or (sign != 0 and word != 0):
            return invalid
        return word

    return to_unsigned


def _make_from_magnitude(fmt: Posit) -> Callable[[int, int], int]:
    """from_magnitude(sign, word): the posit nearest to an unsigned word, with a sign."""
    encode = make_encode(fmt)
    to_unit = 63 - unit(fmt)
    lost = (1 << to_unit) - 1

    def from_magnitude(sign: int, word: int) -> int:
        if word == 0:
            return 0
        gap = clz64(word)
        word <<= gap
        return encode(sign, 63 - gap, shr64(word, to_unit), word & lost)

    return from_magnitude


def make_from_signed(fmt: Posit, width: int) -> Unary:
    """from_signed(x): the posit nearest to the low `width` bits of x; NaR for 10..0."""
    from_magnitude = _make_from_magnitude(fmt)
    nar = pattern(fmt, fmt.nar)
    lowest = -(1 << (width - 1))

    def from_signed(x: int) -> int:
        x = sext(x, width)
        if x == lowest:
            return nar
        sign = x >> 63
        return from_magnitude(sign, (x ^ sign) - sign)

    return from_signed


def make_from_unsigned(fmt: Posit, width: int, top_bit_is_nar: bool) -> Unary:
    """from_unsigned(x): the posit nearest to the low `width` bits of x, read as unsigned.

    The word 10..0 gives NaR by the standard (`top_bit_is_nar`), and its value in PERCIVAL.
    """
    from_magnitude = _make_from_magnitude(fmt)
    nar = pattern(fmt, fmt.nar)
    highest_bit = -(1 << 63) if width == 64 else 1 << (width - 1)
    mask = -1 if width == 64 else (1 << width) - 1

    def from_unsigned(x: int) -> int:
        word = x & mask
        if top_bit_is_nar and word == highest_bit:
            return nar
        return from_magnitude(0, word)

    return from_unsigned
