"""Log-approximate multiplication, division and square root (Mitchell's), as PERCIVAL's options.

With |x| = 2**E * (1 + f) the logarithm is taken to be E + f, and its inverse likewise; sums,
differences and halves of logarithms are then rounded as posits. Relative error up to 11.1 %.
Source: PERCIVAL's parameters POS_LOG_MULT, POS_LOG_DIV and POS_LOG_SQRT; its square root of
numbers below one gives maxpos, which is a fault and not followed.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.posit.codec import make_decode, make_encode, pattern, unit
from rvx.formats.posit.format import Posit

Unary = Callable[[int], int]
Binary = Callable[[int, int], int]


def make_approximate_mul(fmt: Posit) -> Binary:
    """approximate_mul(a, b): the antilogarithm of the sum of logarithms."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)
    hidden = 1 << u

    def approximate_mul(a: int, b: int) -> int:
        if nar in (a, b):
            return nar
        if 0 in (a, b):
            return 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        fraction = (sig_a - hidden) + (sig_b - hidden)
        scale = scale_a + scale_b + (fraction >> u)
        return encode(sign_a ^ sign_b, scale, (fraction & (hidden - 1)) | hidden, 0)

    return approximate_mul


def make_approximate_div(fmt: Posit) -> Binary:
    """approximate_div(a, b): the antilogarithm of the difference of logarithms; NaR if b is 0."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)
    hidden = 1 << u

    def approximate_div(a: int, b: int) -> int:
        if nar in (a, b) or b == 0:
            return nar
        if a == 0:
            return 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        fraction = sig_a - sig_b
        scale = scale_a - scale_b + (fraction >> u)
        return encode(sign_a ^ sign_b, scale, (fraction & (hidden - 1)) | hidden, 0)

    return approximate_div


def make_approximate_sqrt(fmt: Posit) -> Unary:
    """approximate_sqrt(a): the antilogarithm of half the logarithm; NaR if a is negative."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    top = 64 - fmt.n
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)
    hidden = 1 << u

    def approximate_sqrt(a: int) -> int:
        if a == 0:
            return 0
        if (a << top) < 0:
            return nar
        _, scale, sig = decode(a)
        fraction = (sig - hidden) + ((scale & 1) << u)
        return encode(0, scale >> 1, (fraction >> 1) | hidden, fraction & 1)

    return approximate_sqrt
