"""Factories of rounding to an integer within a format, and to an integer of 32 bits modulo 2^32."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import sext
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV, NX
from rvx.formats.minifloat.scalar.pack import (
    FINITE,
    QUIET,
    RNE,
    SIGNALLING,
    WIDEST_SHIFT,
    jam_right,
    make_kind,
    make_nan,
    make_pack,
    make_unpack,
    make_zero,
    rounded,
)

Unary = Callable[[int, int], tuple[int, int]]


@cache
def make_integral(fmt: Minifloat, is_exact: bool) -> Unary:
    """integral(a, rm): the integer that a number rounds to, in the same format.

    Args:
        fmt: of the number.
        is_exact: whether NX says that the result is another number.
    """
    kind = make_kind(fmt)
    unpack = make_unpack(fmt)
    pack = make_pack(fmt)
    zero = make_zero(fmt)
    nan = make_nan(fmt)
    inexact = NX if is_exact else 0

    def integral(a: int, rm: int) -> tuple[int, int]:
        kind_a = kind(a)
        if kind_a >= QUIET:
            return nan(NV if kind_a == SIGNALLING else 0)
        sign, mag, exp = unpack(a)
        if kind_a != FINITE or mag == 0 or exp >= 0:
            return a, 0
        shift = -exp
        if shift > WIDEST_SHIFT:
            mag = jam_right(mag, shift - WIDEST_SHIFT)
            shift = WIDEST_SHIFT
        flags = inexact if mag & ((1 << shift) - 1) != 0 else 0
        kept = rounded(mag, shift, sign, rm)
        if kept == 0:
            return zero(sign), flags
        code, _ = pack(sign, kept, 0, RNE)
        return code, flags

    return integral


@cache
def make_modular_integer(src: Minifloat) -> Callable[[int], tuple[int, int]]:
    """modular(a): a number rounded towards zero, modulo 2^32, as JavaScript does it.

    NV says that the integer has more than 32 bits, or that there is none, and NX that it is not
    exact.
    """
    kind = make_kind(src)
    unpack = make_unpack(src)

    def modular(a: int) -> tuple[int, int]:
        if kind(a) != FINITE:
            return 0, NV
        sign, mag, exp = unpack(a)
        if exp >= 0:
            # No number of the format is that large by its lowest bit, and fits 32 bits.
            whole, flags = mag << exp if exp < 32 else 0, NV
        else:
            shift = min(-exp, WIDEST_SHIFT + 1)
            whole = mag >> shift
            flags = NX if mag & ((1 << shift) - 1) != 0 else 0
            if whole > (1 << 31) - 1 + sign:
                flags = NV
        return sext(-whole if sign else whole, 32), flags

    return modular
