"""Operations made of others, and the fused ones: sub, fMM and fma."""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.bits import clz64, like, mulhu64, shr64, ult64
from rvx.formats.posit import narrow, wide
from rvx.formats.posit.accumulate import make_multiply_add
from rvx.formats.posit.codec import make_decode, make_encode, pattern, unit
from rvx.formats.posit.format import Posit
from rvx.formats.posit.quire import Limbs, make_clear, make_round

Unary = Callable[[int], int]
Binary = Callable[[int, int], int]


def make_add(fmt: Posit) -> Binary:
    """add(a, b): the sum, rounded once."""
    return narrow.make_add(fmt) if fmt.n <= 32 else wide.make_add(fmt)


def make_mul(fmt: Posit) -> Binary:
    """mul(a, b): the product, rounded once."""
    return narrow.make_mul(fmt) if fmt.n <= 32 else wide.make_mul(fmt)


def make_div(fmt: Posit) -> Binary:
    """div(a, b): the quotient, rounded once."""
    return narrow.make_div(fmt) if fmt.n <= 32 else wide.make_div(fmt)


def make_sqrt(fmt: Posit) -> Unary:
    """sqrt(a): the square root, rounded once."""
    return narrow.make_sqrt(fmt) if fmt.n <= 32 else wide.make_sqrt(fmt)


def make_sub(fmt: Posit) -> Binary:
    """sub(a, b): the difference, rounded once; negation of a posit is exact."""
    add = make_add(fmt)
    mask = pattern(fmt, fmt.mask)

    def sub(a: int, b: int) -> int:
        return add(a, -b & mask)

    return sub


def make_fma(fmt: Posit) -> Callable[[Limbs, int, int, int], int]:
    """fma(q, a, b, c): a * b + c, rounded once, through a quire that serves as scratch space."""
    clear = make_clear(fmt)
    madd = make_multiply_add(fmt)
    to_posit = make_round(fmt)
    one = fmt.one

    def fma(q: Limbs, a: int, b: int, c: int) -> int:
        clear(q)
        madd(q, c, like(c, one))
        madd(q, a, b)
        return to_posit(q)

    return fma


def make_fused_multiply(fmt: Posit) -> Callable[[int, int, int], int]:
    """fmm(a, b, c): a * b * c, rounded once (fMM, section 5.7)."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    to_top = 63 - unit(fmt)
    lost = (1 << to_top) - 1

    def fmm(a: int, b: int, c: int) -> int:
        if nar in (a, b, c):
            return nar
        if 0 in (a, b, c):
            return 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        sign_c, scale_c, sig_c = decode(c)
        # With the hidden bits at 63, the product of three is at least 2**189, in three words.
        sig_a <<= to_top
        sig_b <<= to_top
        sig_c <<= to_top
        pair_high = mulhu64(sig_a, sig_b)
        pair_low = sig_a * sig_b
        low = pair_low * sig_c
        carried = mulhu64(pair_low, sig_c)
        mid = pair_high * sig_c + carried
        high = mulhu64(pair_high, sig_c)
        if ult64(mid, carried):
            high += 1
        gap = clz64(high)
        high = (high << gap) | (shr64(mid, 1) >> (63 - gap))
        sticky = (high & lost) | (mid << gap) | low
        scale = scale_a + scale_b + scale_c + 2 - gap
        return encode(sign_a ^ sign_b ^ sign_c, scale, shr64(high, to_top), sticky)

    return fmm
