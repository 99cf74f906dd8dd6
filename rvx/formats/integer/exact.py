"""The slow reference of the integer formats, on Python's unbounded integers and fractions.

It follows the text of its sources and shares no code with the kernels. Words are non-negative
Python integers; lane 0 is the least significant one.
"""

from __future__ import annotations

import math
from fractions import Fraction

from rvx.formats.integer.format import Integer

F32_BIAS = 127
F32_FRACTION_BITS = 23


def quantise(x: Fraction, scale: Fraction, fmt: Integer) -> int:
    """clip(round(x / scale)), ties to even (VS-Quant eq. 2; the tie rule is torch.round's)."""
    return clip(round(x / scale), fmt.low, fmt.high)


def clip(x: int, low: int, high: int) -> int:
    """The number, or the nearer end of the closed range."""
    return max(low, min(high, x))


def wrap(x: int, bits: int) -> int:
    """The two's complement number that the low `bits` bits of x spell."""
    low = x % (1 << bits)
    return low - (1 << bits) if low >> (bits - 1) else low


def saturate(x: int, bits: int) -> int:
    """Clips to the range of a two's complement number of `bits` bits."""
    return clip(x, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def lanes(word: int, bits: int, count: int, signed: bool) -> list[int]:
    """The first `count` lanes of a word, least significant first."""
    fields = [(word >> (bits * i)) % 2**bits for i in range(count)]
    return [wrap(field, bits) for field in fields] if signed else fields


def join(codes: list[int], bits: int) -> int:
    """The word whose lanes are the codes, reduced to `bits` bits each."""
    return sum((code % 2**bits) << (bits * i) for i, code in enumerate(codes))


def dot(a: list[int], b: list[int]) -> int:
    """Sum of the products, exact."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def round_half_up(x: int, shift: int) -> int:
    """The quotient x / 2^shift to the nearest integer, ties upwards."""
    return math.floor(Fraction(x, 2**shift) + Fraction(1, 2))


def scale_product(a: int, b: int, shift: int) -> int:
    """Product of two unsigned scales without its low `shift` bits, rounded half up."""
    return round_half_up(a * b, shift)


def f32_value(pattern: int) -> Fraction | float:
    """The number that an IEEE binary32 pattern stands for; a float only for inf and NaN."""
    sign = -1 if pattern >> 31 else 1
    exponent = (pattern >> F32_FRACTION_BITS) & 0xFF
    fraction = pattern & 0x7FFFFF
    if exponent == 0xFF:
        return float("nan") if fraction else sign * float("inf")
    if exponent == 0:
        return sign * Fraction(fraction) * Fraction(2) ** (1 - F32_BIAS - F32_FRACTION_BITS)
    significand = (1 << F32_FRACTION_BITS) + fraction
    return sign * significand * Fraction(2) ** (exponent - F32_BIAS - F32_FRACTION_BITS)


def round_to_f32(x: Fraction) -> Fraction | float:
    """The binary32 number nearest to x, ties to even; an infinity when x is out of range."""
    if x == 0:
        return Fraction(0)
    exponent = -F32_BIAS + 1
    while abs(x) >= Fraction(2) ** (exponent + 1):
        exponent += 1
    quantum = Fraction(2) ** (exponent - F32_FRACTION_BITS)
    rounded = round(x / quantum) * quantum
    if abs(rounded) >= Fraction(2) ** (F32_BIAS + 1):
        return float("inf") if x > 0 else float("-inf")
    return rounded


def quantise_f32(x: int, reciprocal: int, fmt: Integer) -> int:
    """Code of the binary32 pattern x times a binary32 reciprocal scale.

    The product is rounded to binary32, then to an integer (both ties to even), then clipped;
    a NaN (also from inf * 0) gives 0.
    """
    a, b = f32_value(x), f32_value(reciprocal)
    if isinstance(a, float) or isinstance(b, float):
        product: Fraction | float = float(a) * float(b) if a and b else float("nan")
    else:
        product = round_to_f32(a * b)
    if isinstance(product, float) and math.isnan(product):
        return 0
    if isinstance(product, float):
        return fmt.high if product > 0 else fmt.low
    return clip(round(product), fmt.low, fmt.high)


def largest_magnitude_f32(patterns: list[int]) -> int:
    """Binary32 pattern of max |x|: patterns compared without their sign; a NaN wins."""
    return max(pattern % 2**31 for pattern in patterns)
