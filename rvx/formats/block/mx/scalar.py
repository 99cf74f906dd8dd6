"""Compiled dot product of two MX blocks with an accumulator: exact sum, one rounding (RNE).

    acc + 2^(scale_a - 127) * 2^(scale_b - 127) * sum(a_i * b_i)

as the MXDOTP unit computes it (arXiv 2505.13159; cvfpu `fpnew_mxdotp_multi.sv`): products in fixed
point, the accumulator joins before the only rounding. Special operands follow that unit too:
infinity times zero is invalid even beside a NaN, then a NaN gives the canonical NaN, then
infinities of both signs are invalid. An exact zero has the sign of all its terms if they share
one, else it is +0 (IEEE 754; the unit keeps a negative zero in the accumulator in more cases).
Elements of 6 bits lie in the low bits of bytes; the two bits above them are ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import clz64
from rvx.formats.block.mx.format import FORMATS, SCALE_BIAS, SCALE_NAN, Mx
from rvx.formats.block.mx.products import make_products
from rvx.formats.integer.format import Integer
from rvx.formats.integer.scalar import repeat
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV
from rvx.formats.minifloat.scalar.pack import RNE, make_pack
from rvx.formats.minifloat.scalar.sums import signed, sum_of_two

Dot = Callable[[int, int, int, int, int], tuple[int, int]]
Special = Callable[[int, int], int]

_MASK32 = 0xFFFFFFFF
_INFINITY32 = 0x7F800000
_QUIET32 = 0x400000
_MAGNITUDE32 = 0x7FFFFFFF
_BIT7 = repeat(0x80, 8)

# What special elements make of a sum of products; more than one bit may be set.
INVALID = 1
NAN = 2
SIGNALLING = 4
PLUS = 8
MINUS = 16


def make_special(fmt: Mx) -> tuple[int, Special]:
    """(tops, special): the bits that are all set in a lane that may be special, in every lane.

    `special(a, b)` says what the special lanes do. `tops` is 0 for formats without such codes.
    """
    element = fmt.element
    if isinstance(element, Integer) or not element.has_nan:
        return 0, _nothing
    if element.has_infinity:
        return repeat(0x7C, 8), _special_e5m2
    return repeat(0x7F, 8), _special_e4m3


def make_signs(fmt: Mx) -> int:
    """The sign bits of all lanes; 0 for integers, which have no negative zero."""
    if isinstance(fmt.element, Integer):
        return 0
    return repeat(fmt.element.sign_mask, fmt.container)


def _nothing(a: int, b: int) -> int:
    return 0


def _special_e4m3(a: int, b: int) -> int:
    return NAN


def _special_e5m2(a: int, b: int) -> int:
    found = 0
    for lane in range(8):
        x = (a >> (8 * lane)) & 0x7F
        y = (b >> (8 * lane)) & 0x7F
        if x > 0x7C or y > 0x7C:
            found |= NAN
        if 0x7C < x < 0x7E or 0x7C < y < 0x7E:
            found |= SIGNALLING
        if x == 0x7C or y == 0x7C:
            if x == 0 or y == 0:
                found |= INVALID
            found |= MINUS if ((a ^ b) >> (8 * lane)) & 0x80 != 0 else PLUS
    return found


def add_wide(high: int, low: int, x: int, term: int, y: int) -> tuple[int, int]:
    """(high * 2^32 + low) * 2^x + term * 2^y as (value, exp), jammed into 61 bits.

    The first number has 59 to 67 bits, the term at most 24. Bits are lost only where the term
    lies below the first number, or so far above it that the number can be felt as a sign alone:
    eight products of E5M2 are below 2^66.7, so a fifth of the last place of the term.
    """
    apart = y - x
    if term == 0:
        apart = 0
    if apart > 68:
        return (term << 36) + (1 if high >= 0 else -1), y - 36
    lost = 0
    if apart >= 32:
        high += term << (apart - 32)
    elif apart >= 0:
        high += (term << apart) >> 32
        low += (term << apart) & _MASK32
    else:
        count = min(-apart, 32)
        lost = 1 if term & ((1 << count) - 1) != 0 else 0
        high += (term >> count) >> 32
        low += (term >> count) & _MASK32
    high += low >> 32
    low &= _MASK32
    places = 64 - clz64(high ^ (high >> 63))
    count = max(places - 29, 0)
    lost |= 1 if low & ((1 << count) - 1) != 0 else 0
    return (high << (32 - count)) | (low >> count) | lost, x + count


def special_of_acc(acc: int) -> int:
    """What a float32 accumulator adds to the special cases."""
    magnitude = acc & _MAGNITUDE32
    if magnitude < _INFINITY32:
        return 0
    if magnitude == _INFINITY32:
        return MINUS if acc >> 31 else PLUS
    return NAN if magnitude & _QUIET32 else NAN | SIGNALLING


@cache
def make_resolved(destination: Minifloat) -> Callable[[int], tuple[int, int]]:
    """resolved(found) -> (bits, flags): what the special cases give."""
    nan = destination.nan or 0
    infinity = destination.infinity or 0
    minus = destination.sign_mask

    def resolved(found: int) -> tuple[int, int]:
        if found & INVALID:
            return nan, NV
        if found & NAN:
            return nan, NV if found & SIGNALLING else 0
        if found & PLUS and found & MINUS:
            return nan, NV
        return infinity | (minus if found & MINUS else 0), 0

    return resolved


@cache
def make_ending(destination: Minifloat, width: int) -> Callable[..., tuple[int, int]]:
    """ending(high, low, exp, acc, has_minus) -> (bits, flags): adds the accumulator and rounds.

    Args:
        destination: format of accumulator and result.
        width: bits that a sum of products, high * 2^32 + low times 2^exp, may have.

    Returns:
        A kernel; `acc` is widened to binary32, and `has_minus` says whether a sum of zeros is -0.
    """
    pack = make_pack(destination)
    minus = destination.sign_mask
    narrow = min(width, 59)

    def ending(high: int, low: int, exp: int, acc: int, has_minus: int) -> tuple[int, int]:
        field = acc >> 23 & 0xFF
        normal = 1 if field != 0 else 0
        term = signed(acc >> 31, (acc & 0x7FFFFF) | (normal << 23))
        term_exp = field - normal - 149
        if width > narrow and (high ^ (high >> 63)) >> (narrow - 32) != 0:
            value, exp = add_wide(high, low, exp, term, term_exp)
        else:
            value, exp = sum_of_two((high << 32) + low, exp, term, term_exp, narrow, 24)
        if value == 0:
            return minus if acc >> 31 and has_minus else 0, 0
        sign = 1 if value < 0 else 0
        return pack(sign, abs(value), exp, RNE)

    return ending


def _check(destination: Minifloat) -> None:
    if destination not in (FP32, FP16ALT):
        raise ValueError(
            f"an MX dot product accumulates in float32 or bfloat16, not in {destination}"
        )


@cache
def make_dot(fmt: Mx, destination: Minifloat = FP32) -> Dot:
    """dot(a, b, scale_a, scale_b, acc) -> (bits, flags).

    The words a and b hold 8 elements, or 16 of 4 bits; only the low byte of a scale counts, and
    only the low bits of the accumulator. The result is not sign-extended.

    Args:
        fmt: format of the elements.
        destination: format of accumulator and result, FP32 or FP16ALT (bfloat16).

    Raises:
        ValueError: another destination.
    """
    _check(destination)
    products, lsb, width = make_products(fmt)
    tops, special = make_special(fmt)
    lowest_tops = tops & ~(tops << 1)
    signs = make_signs(fmt)
    resolved = make_resolved(destination)
    ending = make_ending(destination, width)
    widening = 32 - destination.bits
    offset = lsb - 2 * SCALE_BIAS

    def is_special(word: int) -> bool:
        return ((word & tops) + lowest_tops) & _BIT7 != 0

    def dot(a: int, b: int, scale_a: int, scale_b: int, acc: int) -> tuple[int, int]:
        scale_a &= 0xFF
        scale_b &= 0xFF
        acc = (acc << widening) & _MASK32
        found = special_of_acc(acc)
        if max(scale_a, scale_b) == SCALE_NAN:
            found |= NAN
        if tops != 0 and (is_special(a) or is_special(b)):
            found |= special(a, b)
        if found != 0:
            return resolved(found)
        high, low = products(a, b)
        has_minus = 1 if signs and a & signs ^ b & signs == signs else 0
        return ending(high, low, offset + scale_a + scale_b, acc, has_minus)

    return dot


DOTS: dict[str, Dot] = {name: make_dot(fmt) for name, fmt in FORMATS.items()}
