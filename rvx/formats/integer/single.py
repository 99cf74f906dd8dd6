"""Compiled kernels on IEEE binary32 patterns: quantise to an integer code, largest magnitude.

Everything is integer arithmetic on the bits, so that the result does not depend on the host's
floating-point unit or its modes. Only the low 32 bits of an operand count.
"""

from rvx.formats import bits
from rvx.formats.integer.format import INT4, INT8, UINT4, UINT8, Integer
from rvx.formats.integer.scalar import Binary, Ternary

_MAGNITUDE = 0x7FFFFFFF
_INFINITY = 0x7F800000
_FRACTION = 0x7FFFFF
_HIDDEN = 0x800000
# A product of two significands, each with its point 23 places up and its exponent biased by 127.
_PRODUCT_EXPONENT = 2 * (127 + 23)


def shift_right_rne(x: int, count: int) -> int:
    """Nearest integer to x / 2^count, ties to even, for x >= 0 and 0 <= count <= 62."""
    if count == 0:
        return x
    half = 1 << (count - 1)
    return (x + (half - 1) + ((x >> count) & 1)) >> count


def magnitude_of_product(a: int, b: int, limit: int) -> int:
    """Nearest integer to the binary32 product of two finite magnitudes, at most `limit`.

    Rounded twice, as the two instructions fmul.s and fcvt.w.s (both rne) would: to 24
    significant bits, then to an integer. Products that binary32 would make subnormal are far
    below one half and become 0 either way.
    """
    exponent_a = max(a >> 23, 1)
    exponent_b = max(b >> 23, 1)
    product = ((a & _FRACTION) | (_HIDDEN if a > _FRACTION else 0)) * (
        (b & _FRACTION) | (_HIDDEN if b > _FRACTION else 0)
    )
    dropped = max(40 - bits.clz64(product), 0)
    significand = shift_right_rne(product, dropped)
    places = _PRODUCT_EXPONENT - exponent_a - exponent_b - dropped
    if places > 25 or significand == 0:
        return 0
    if places < -16:
        return limit
    if places < 0:
        return min(significand << -places, limit)
    return min(shift_right_rne(significand, places), limit)


def make_quantise(fmt: Integer) -> Binary:
    """The code of a binary32 value times a binary32 reciprocal scale, clipped to the format.

    Returns:
        A kernel of two patterns that returns a signed number; NaN and inf * 0 give 0.
    """
    high = fmt.high
    low = fmt.low

    def quantise(x: int, reciprocal: int) -> int:
        a = x & _MAGNITUDE
        b = reciprocal & _MAGNITUDE
        negative = ((x ^ reciprocal) >> 31) & 1
        if a >= _INFINITY or b >= _INFINITY:
            if a > _INFINITY or b > _INFINITY or a == 0 or b == 0:
                return 0
            return low if negative else high
        if negative:
            return -magnitude_of_product(a, b, -low)
        return magnitude_of_product(a, b, high)

    return quantise


def make_quantise_in(fmt: Integer) -> Ternary:
    """Shifts a register right by one lane and puts the code of x * reciprocal on top.

    Sixteen uses fill a register with INT4 lanes, eight with INT8, lane 0 first.
    """
    quantise = make_quantise(fmt)
    width = fmt.bits
    keep = (1 << (64 - width)) - 1
    place = 64 - width

    def quantise_in(rd: int, x: int, reciprocal: int) -> int:
        # rd & 0 is an int64 also when interpreted: a limit is Python's, whose shift does not wrap.
        code = quantise(x, reciprocal) | (rd & 0)
        return ((rd >> width) & keep) | (code << place)

    return quantise_in


qin_n = make_quantise_in(INT4)
qinu_n = make_quantise_in(UINT4)
qin_b = make_quantise_in(INT8)
qinu_b = make_quantise_in(UINT8)


def amax_s(rd: int, pair: int) -> int:
    """Largest magnitude among rd and the two binary32 halves of a word (VS-Quant eq. 7a).

    Patterns are compared as integers without their signs, so that a NaN is larger than any
    number and stays.
    """
    return max(rd & _MAGNITUDE, pair & _MAGNITUDE, (pair >> 32) & _MAGNITUDE)
