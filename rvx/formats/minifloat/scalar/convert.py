"""Factories of conversions: between formats, and to and from integers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import clz64, shr64
from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import NV, NX, Overflow
from rvx.formats.minifloat.scalar.pack import (
    FINITE,
    QUIET,
    SIGNALLING,
    TOP,
    WIDEST_SHIFT,
    jam_right,
    make_exact_pack,
    make_infinite,
    make_kind,
    make_nan,
    make_pack,
    make_unpack,
    make_zero,
    rounded,
)

Unary = Callable[[int, int], tuple[int, int]]


@cache
def make_convert(src: Minifloat, dst: Minifloat, overflow: Overflow | None = None) -> Unary:
    """convert(a, rm): the number of a code of `src` in `dst`; a NaN becomes the canonical one."""
    unpack = make_unpack(src)
    kind = make_kind(src)
    pack = make_exact_pack(dst) if _holds(dst, src) else make_pack(dst, overflow)
    nan = make_nan(dst)
    infinite = make_infinite(dst, overflow)
    zero = make_zero(dst)
    has_zero = dst.flavour is not Flavour.SCALE

    def convert(a: int, rm: int) -> tuple[int, int]:
        sign, mag, exp = unpack(a)
        kind_a = kind(a)
        if kind_a != FINITE:
            if kind_a >= QUIET:
                return nan(NV if kind_a == SIGNALLING else 0)
            return infinite(sign), 0
        if mag == 0:
            return (zero(sign), 0) if has_zero else nan(NV)
        return pack(sign, mag, exp, rm)

    return convert


def _holds(wide: Minifloat, narrow: Minifloat) -> bool:
    """Whether every finite number of a format is a normal one of another, or zero."""
    return (
        Flavour.SCALE not in (wide.flavour, narrow.flavour)
        and wide.m >= narrow.m
        and wide.emin <= narrow.lsb_min
        and wide.emax >= narrow.emax + 1
    )


@cache
def make_from_integer(
    dst: Minifloat, width: int, is_signed: bool, overflow: Overflow | None = None
) -> Unary:
    """from_integer(x, rm): the number that the low `width` bits of x, 8 to 64, round to."""
    pack = make_pack(dst, overflow)
    nan = make_nan(dst)
    zero = make_zero(dst)
    has_zero = dst.flavour is not Flavour.SCALE
    mask = -1 if width == 64 else (1 << width) - 1
    is_extended = width < 64 and is_signed

    def from_integer(x: int, rm: int) -> tuple[int, int]:
        mag = x & mask
        if is_extended:
            mag -= (mag >> (width - 1)) << width
        sign = 1 if is_signed and mag < 0 else 0
        if sign:
            mag = -mag
        if mag == 0:
            return (zero(0), 0) if has_zero else nan(NV)
        if mag >> 62 == 0:
            return pack(sign, mag, 0, rm)
        return pack(sign, shr64(mag, 2) | (1 if mag & 3 != 0 else 0), 2, rm)

    return from_integer


@cache
def make_to_integer(src: Minifloat, width: int, is_signed: bool) -> Unary:
    """to_integer(a, rm): the integer of `width` bits, 8 to 64, that a number rounds to.

    The result is sign-extended from `width` bits, also if it is unsigned: that is what RV64 writes
    to a register where the width is 32. Out of range gives the nearest bound and a NaN the upper
    one, with NV.
    """
    unpack = make_unpack(src)
    kind = make_kind(src)
    highest = (1 << (width - 1)) - 1 if is_signed else -1
    lowest = -(1 << (width - 1)) if is_signed else 0
    top_allowed = width - 1 if is_signed else width
    is_extended = width < 64 and not is_signed
    # As a word of int64; the magnitude of the lowest integer.
    top_bit = lowest if width == 64 else -lowest

    def to_integer(a: int, rm: int) -> tuple[int, int]:
        sign, mag, exp = unpack(a)
        kind_a = kind(a)
        if kind_a >= QUIET:
            return highest, NV
        bound = lowest if sign else highest
        if kind_a != FINITE:
            return bound, NV
        if mag == 0:
            return 0, 0
        flags = 0
        if exp < 0:
            places = clz64(mag) - (63 - TOP)
            mag <<= places
            shift = places - exp
            if shift > WIDEST_SHIFT:
                mag = jam_right(mag, shift - WIDEST_SHIFT)
                shift = WIDEST_SHIFT
            if mag & ((1 << shift) - 1) != 0:
                flags = NX
            mag = rounded(mag, shift, sign, rm)
        elif 64 - clz64(mag) + exp > 64:
            return bound, NV
        else:
            mag <<= exp
        length = 64 - clz64(mag)
        if length > top_allowed:
            is_lowest = is_signed and sign and length == width and mag == top_bit
            return (lowest, flags) if is_lowest else (bound, NV)
        if sign:
            if not is_signed and mag != 0:
                return 0, NV
            mag = -mag
        if is_extended:
            mag -= (mag >> (width - 1)) << width
        return mag, flags

    return to_integer
