"""The four operations and the square root of posits of 33 to 64 bits: significands of two words.

Every significand is even (its lowest bit is beyond the longest fraction), which leaves room for
one carry. What does not fit in one word is a pair (high, low); low is read as unsigned.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from rvx.formats.bits import clz64, like, mulhu64, shr64, ult64
from rvx.formats.posit.codec import make_decode, make_encode, pattern, unit
from rvx.formats.posit.format import Posit

Unary = Callable[[int], int]
Binary = Callable[[int, int], int]

_LARGEST_BELOW_2_63 = 2.0**63 - 2.0**10


def make_add(fmt: Posit) -> Binary:
    """add(a, b): the sum, rounded once; NaR when an operand is NaR."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    shift_to_unit = 63 - unit(fmt)

    def add(a: int, b: int) -> int:
        if a == 0 or b == nar:
            return b
        if b == 0 or a == nar:
            return a
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        high = ((sig_a >> 1) ^ sign_a) - sign_a
        low = ((sig_b >> 1) ^ sign_b) - sign_b
        # Exchanged by arithmetic: a branch on random data costs more than all the rest.
        distance = scale_a - scale_b
        exchange = distance >> 63
        change = (high ^ low) & exchange
        high ^= change
        low ^= change
        scale = max(scale_a, scale_b)
        distance = (distance ^ exchange) - exchange
        # What is shifted out of the smaller operand is the low word of the sum.
        shift = min(distance, 63)
        spill = (low << 1) << (63 - shift)
        if distance > 63:
            spill = (low >> 63) | 1
        total = high + (low >> shift)
        if total == 0 and spill == 0:
            return 0
        sign = total >> 63
        spill = (spill ^ sign) - sign
        total ^= sign
        if spill == 0:
            total -= sign
        shift = clz64(total) - shift_to_unit
        total = (total << shift) | (shr64(spill, 1) >> (63 - shift))
        return encode(sign, scale + 1 - shift, total, spill << shift)

    return add


def make_mul(fmt: Posit) -> Binary:
    """mul(a, b): the product, rounded once; NaR when an operand is NaR."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)

    def mul(a: int, b: int) -> int:
        if nar in (a, b):
            return nar
        if 0 in (a, b):
            return 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        # With one hidden bit at 63 and one at u, that of the product is at 63 or 64 + u.
        sig_a <<= 63 - u
        high = mulhu64(sig_a, sig_b)
        low = sig_a * sig_b
        carry = high >> u
        shift = 1 - carry
        high = (high << shift) | (shr64(low, 63) & shift)
        return encode(sign_a ^ sign_b, scale_a + scale_b + carry, high, low << shift)

    return mul


def quotient_digit(remainder: int, divisor: int, count: int) -> tuple[int, int]:
    """The next `count` <= 31 quotient bits, and the new remainder.

    For 0 <= remainder < divisor < 2**62. The estimate in binary64 is off by at most one, and the
    remainder it leaves is less than 2 * divisor in magnitude, so that its low word is all of it.
    """
    digit = int(float(remainder) * float(1 << count) / float(divisor))
    rest = (remainder << count) - digit * divisor
    if rest < 0:
        digit -= 1
        rest += divisor
    elif rest >= divisor:
        digit += 1
        rest -= divisor
    return digit, rest


def make_div(fmt: Posit) -> Binary:
    """div(a, b): the quotient, rounded once; NaR when an operand is NaR or b is zero."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)
    upper = u // 2
    lower = u - upper

    def div(a: int, b: int) -> int:
        if nar in (a, b) or b == 0:
            return nar
        if a == 0:
            return 0
        sign_a, scale_a, sig_a = decode(a)
        sign_b, scale_b, sig_b = decode(b)
        divisor = sig_b >> 1
        borrow = 1 if sig_a < sig_b else 0
        remainder = (sig_a >> 1 << borrow) - divisor
        first, remainder = quotient_digit(remainder, divisor, upper)
        second, remainder = quotient_digit(remainder, divisor, lower)
        significand = (1 << u) + (first << lower) + second
        return encode(sign_a ^ sign_b, scale_a - scale_b - borrow, significand, remainder)

    return div


def compare_square(root: int, high: int, low: int) -> int:
    """Minus one, zero or one as root**2 is below, equal to or above the number (high, low)."""
    square_high = mulhu64(root, root)
    square_low = root * root
    if square_high != high:
        return 1 if square_high > high else -1
    if square_low == low:
        return 0
    return -1 if ult64(square_low, low) else 1


def make_sqrt(fmt: Posit) -> Unary:
    """sqrt(a): the square root, rounded once; NaR for NaR and negative a."""
    decode = make_decode(fmt)
    encode = make_encode(fmt)
    top = 64 - fmt.n
    nar = pattern(fmt, fmt.nar)
    u = unit(fmt)
    root_scale = math.sqrt(2.0) ** (u + 1)

    def sqrt(a: int) -> int:
        if a == 0:
            return 0
        if (a << top) < 0:
            return nar
        _, scale, sig = decode(a)
        radicand = (sig >> 1) << (scale & 1)
        # The root of radicand * 2**(u + 1) has its hidden bit at u.
        high = radicand >> (63 - u)
        low = radicand << (u + 1)
        estimate = min(math.sqrt(float(radicand)) * root_scale, _LARGEST_BELOW_2_63)
        root = like(radicand, int(estimate))
        # One Newton step on the exact error takes the estimate from 52 bits to all of them.
        error_low = low - root * root
        error_high = high - mulhu64(root, root)
        if ult64(low, root * root):
            error_high -= 1
        error = float(error_high) * 2.0**64 + float(shr64(error_low, 1)) * 2.0
        root += int(error / (2.0 * float(root)))
        while compare_square(root, high, low) > 0:
            root -= 1
        while compare_square(root + 1, high, low) <= 0:
            root += 1
        return encode(0, scale >> 1, root, compare_square(root, high, low))

    return sqrt
