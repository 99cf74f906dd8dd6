"""The four operations, fused multiply-add and root of posits of up to 32 bits, in one int64."""

from __future__ import annotations

import math
from collections.abc import Callable

from rvx.formats.bits import clz63
from rvx.formats.posit.codec import make_decode, make_encode, unit
from rvx.formats.posit.format import Posit

Unary = Callable[[int], int]
Binary = Callable[[int, int], int]
Ternary = Callable[[int, int, int], int]


def make_add(fmt: Posit) -> Binary:
    """add(a, b): the sum, rounded once; NaR when an operand is NaR."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = fmt.nar
    body = nar - 1
    shift_to_unit = 63 - unit(fmt)

    def add(a: int, b: int) -> int:
        if a & body == 0 or b & body == 0:
            return b if a == 0 or b == nar else a
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        # One position down makes room for the carry; both stay exact.
        high = ((sig_a >> 1) ^ sign_a) - sign_a
        low = ((sig_b >> 1) ^ sign_b) - sign_b
        # Exchanged by arithmetic: a branch on random data costs more than all the rest.
        distance = scale_a - scale_b
        exchange = distance >> 63
        change = (high ^ low) & exchange
        high ^= change
        low ^= change
        scale = max(scale_a, scale_b)
        distance = min((distance ^ exchange) - exchange, 62)
        # Both end in 64 - n zeros, so that bits are lost only where low is below 2**-32 of high.
        # No fraction has more than 29 bits: a sum so close to high, which is a posit, rounds to it,
        # and so does what the floor makes of it.
        total = high + (low >> distance)
        if total == 0:
            return 0
        sign = total >> 63
        total = (total ^ sign) - sign
        shift = clz63(total) - shift_to_unit
        return encode(sign, scale + 1 - shift, total << shift, 0)

    return add


def make_mul(fmt: Posit) -> Binary:
    """mul(a, b): the product, rounded once; NaR when an operand is NaR."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = fmt.nar
    body = nar - 1
    u = unit(fmt)
    # The hidden bits move to two positions that add up to u - 1; no fraction bit is lost.
    drop_b = (u + 1) // 2
    drop_a = u + 1 - drop_b

    def mul(a: int, b: int) -> int:
        if a & body == 0 or b & body == 0:
            return nar if nar in (a, b) else 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        product = (sig_a >> drop_a) * (sig_b >> drop_b)
        carry = product >> u
        return encode(sign_a ^ sign_b, scale_a + scale_b + carry, product << (1 - carry), 0)

    return mul


def make_fma(fmt: Posit) -> Ternary:
    """fma(a, b, c): a * b + c, rounded once; NaR when an operand is NaR."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    mul = make_mul(fmt)
    nar = fmt.nar
    u = unit(fmt)
    drop_b = (u + 1) // 2
    drop_a = u + 1 - drop_b
    shift_to_unit = 63 - u

    def fma(a: int, b: int, c: int) -> int:
        if nar in (a, b, c):
            return nar
        if a == 0 or b == 0:
            return c
        if c == 0:
            return mul(a, b)
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        sign_c, scale_c, sig_c = decode(c)
        product = (sig_a >> drop_a) * (sig_b >> drop_b)
        carry = product >> u
        product <<= 1 - carry
        scale_p = scale_a + scale_b + carry
        sign_p = sign_a ^ sign_b
        # One position down makes room for the carry. The product has no more than 2 (n - 4) bits
        # of 61, so that it stays exact, and so does c.
        high = ((product >> 1) ^ sign_p) - sign_p
        low = ((sig_c >> 1) ^ sign_c) - sign_c
        distance = scale_p - scale_c
        exchange = distance >> 63
        change = (high ^ low) & exchange
        high ^= change
        low ^= change
        scale = max(scale_p, scale_c)
        distance = min((distance ^ exchange) - exchange, 62)
        # Bits are lost only where low is far below high, so that no more than one bit cancels: what
        # is lost stays below all that rounding looks at, and is one sticky bit.
        lost = low & ((1 << distance) - 1)
        total = high + (low >> distance)
        if total == 0:
            return 0
        sign = total >> 63
        total ^= sign
        if lost == 0:
            total -= sign
        shift = clz63(total) - shift_to_unit
        return encode(sign, scale + 1 - shift, total << shift, lost)

    return fma


def make_div(fmt: Posit) -> Binary:
    """div(a, b): the quotient, rounded once; NaR when an operand is NaR or b is zero."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = fmt.nar
    u = unit(fmt)
    width = fmt.fraction_bits + 1
    drop = u + 1 - width
    # 2**(more - 1) < quotient < 2**(more + 1), and more is enough for body, guard and a bit below.
    more = min(62 - width, u)
    raise_to_unit = u - more

    def div(a: int, b: int) -> int:
        if nar in (a, b) or b == 0:
            return nar
        if a == 0:
            return 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        numerator = (sig_a >> drop) << more
        denominator = sig_b >> drop
        quotient = numerator // denominator
        inexact = quotient * denominator != numerator
        borrow = 1 - (quotient >> more)
        significand = (quotient << borrow) << raise_to_unit
        return encode(sign_a ^ sign_b, scale_a - scale_b - borrow, significand, inexact)

    return div


def make_sqrt(fmt: Posit) -> Unary:
    """sqrt(a): the square root, rounded once; NaR for NaR and negative a."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = fmt.nar
    u = unit(fmt)
    drop = u - 60
    root_to_unit = u - 30

    def sqrt(a: int) -> int:
        if a == 0:
            return 0
        if a >= nar:
            return nar
        _, scale, sig = decode(a)
        # square is in [2**60, 2**62), so the root has its hidden bit at bit 30.
        square = (sig >> drop if drop >= 0 else sig << -drop) << (scale & 1)
        root = int(math.sqrt(float(square)))
        # binary64 holds 53 of the 62 bits: the root may be one too large, never too small.
        if root * root > square:
            root -= 1
        return encode(0, scale >> 1, root << root_to_unit, root * root != square)

    return sqrt
