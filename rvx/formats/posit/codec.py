"""Unpacking and packing posits of up to 64 bits: the two ends of every other kernel.

An unpacked posit is a sign, a scale E and a significand with its hidden bit at bit `U = 62 - es`
of an int64, so that the value is ``significand * 2**(E - U)``. That is where the bit string
regime|exponent|fraction has its fraction when the regime is two bits long, so that packing is
one addition and one arithmetic shift.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import clz63
from rvx.formats.posit.format import Posit


def unit(fmt: Posit) -> int:
    """U: the position of the hidden bit in an unpacked significand."""
    return 62 - fmt.es


def pattern(fmt: Posit, bits: int) -> int:
    """The pattern as kernels hold it: as an int64 with the same bits when n is 64."""
    return bits - (1 << 64) if fmt.n == 64 and bits >= fmt.nar else bits


@cache
def make_decode(fmt: Posit) -> Callable[[int], tuple[int, int, int]]:
    """decode(p) -> (sign, scale, significand), sign 0 or -1, for p neither zero nor NaR."""
    top = 64 - fmt.n
    es = fmt.es
    u = unit(fmt)
    exponent_mask = (1 << es) - 1
    hidden = 1 << u

    def decode(p: int) -> tuple[int, int, int]:
        x = p << top
        sign = x >> 63
        magnitude = (x ^ sign) - sign
        # The run ends where a bit differs from the next one; above it are zeros, but for the top.
        doubled = magnitude << 1
        run = clz63(magnitude ^ doubled)
        aligned = magnitude << run
        # run - 1 for a run of ones, else -run: the complement of run - 1.
        k = (run - 1) ^ ((doubled >> 63) ^ -1)
        scale = (k << es) + ((aligned >> u) & exponent_mask)
        return sign, scale, (aligned & (hidden - 1)) | hidden

    return decode


@cache
def make_encode(fmt: Posit) -> Callable[[int, int, int, int], int]:
    """encode(sign, scale, significand, sticky) -> p, rounded by section 4.1 of the standard.

    The string regime|exponent|fraction is rounded to nearest even at n - 1 bits. `sticky` is not
    zero when the exact significand lies between `significand` and the next one. The result is
    never zero nor NaR.
    """
    n = fmt.n
    es = fmt.es
    u = unit(fmt)
    exponent_mask = (1 << es) - 1
    # The string starts with 10 when the regime is not negative, else with 01; the hidden bit of
    # the significand, which is not part of the string, is taken off. Shifting it right
    # arithmetically by k, or by -k - 1, makes the run as long as the regime k wants it.
    hidden = 1 << u
    seed_positive = -(1 << 63)
    seed_negative = 1 << 62
    shortest = 64 - n
    longest = n - 2
    body = (1 << (n - 1)) - 1
    mask = pattern(fmt, fmt.mask)

    def encode(sign: int, scale: int, significand: int, sticky: int) -> int:
        k = scale >> es
        exponent = scale & exponent_mask
        string = (exponent << u) + (significand - hidden)
        if k >= 0:
            string += seed_positive
            run = k
        else:
            string += seed_negative
            run = -1 - k
        run = min(run, longest)
        # One bit more than the body is kept: the guard.
        cut = run + shortest
        kept = string >> cut
        below = (string & ((1 << cut) - 1)) | sticky
        odd = kept >> 1
        if below != 0:
            odd = odd | 1
        rounded = ((kept + (odd & 1)) >> 1) & body
        if rounded == 0:
            rounded = 1
        return ((rounded ^ sign) - sign) & mask

    return encode
