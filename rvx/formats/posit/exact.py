"""Posit arithmetic on exact fractions: slow, and written to be read beside the standard.

Source: Posit Standard (2022). Patterns are ints in [0, 2**n); values are `Fraction`, or None for
NaR. Nothing is shared with the compiled kernels, which are tested against this module.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import isqrt

from rvx.formats.posit.format import Posit

Value = Fraction | None


@lru_cache(maxsize=1 << 17)
def decode(bits: int, fmt: Posit) -> Value:
    """The value of a pattern (section 3.2 and 3.3); None for NaR.

    Raises:
        ValueError: the pattern does not fit in n bits.
    """
    if not 0 <= bits < 1 << fmt.n:
        raise ValueError(f"{bits:#x} is not a pattern of {fmt}: it must be 0 to {fmt.mask:#x}")
    if bits == 0:
        return Fraction(0)
    if bits == fmt.nar:
        return None
    if bits > fmt.nar:
        positive = decode((1 << fmt.n) - bits, fmt)
        assert positive is not None
        return -positive
    string = f"{bits:0{fmt.n}b}"[1:]
    rest = string.lstrip(string[0])
    run = len(string) - len(rest)
    regime = run - 1 if string[0] == "1" else -run
    rest = rest[1:]
    exponent = int("0" + rest[: fmt.es].ljust(fmt.es, "0"), 2)
    fraction = rest[fmt.es :]
    scale = (regime << fmt.es) + exponent
    return times_power(int("1" + fraction, 2), scale - len(fraction))


def encode(value: Value, fmt: Posit) -> int:
    """The pattern of a value after rounding (section 4.1).

    The exact value is an endless string regime|exponent|fraction, rounded to nearest even at
    n - 1 bits. What is not zero never becomes zero, and what is real never becomes NaR.
    """
    if value is None:
        return fmt.nar
    if value == 0:
        return 0
    magnitude = abs(value)
    body = _round_string(magnitude, fmt)
    return (1 << fmt.n) - body if value < 0 else body


def _round_string(magnitude: Fraction, fmt: Posit) -> int:
    scale = floor_log2(magnitude)
    if scale >= fmt.max_scale:
        return fmt.maxpos
    if scale < -fmt.max_scale:
        return fmt.minpos
    regime, exponent = divmod(scale, 1 << fmt.es)
    prefix = "1" * (regime + 1) + "0" if regime >= 0 else "0" * -regime + "1"
    prefix += f"{exponent:0{fmt.es}b}" if fmt.es else ""
    # The string read as a number whose unit is the last bit that is kept.
    one_and_fraction = times_power(magnitude, -scale)
    number = int(prefix, 2) - 1 + one_and_fraction
    body = round(times_power(number, fmt.n - 1 - len(prefix)))
    return min(max(body, fmt.minpos), fmt.maxpos)


def times_power(value: Fraction | int, exponent: int) -> Fraction:
    """The product of a value and 2**exponent."""
    numerator, denominator = value.as_integer_ratio()
    if exponent >= 0:
        return Fraction(numerator << exponent, denominator)
    return Fraction(numerator, denominator << -exponent)


def floor_log2(value: Fraction) -> int:
    """The largest k with 2**k <= value, for value > 0."""
    numerator, denominator = value.as_integer_ratio()
    k = numerator.bit_length() - denominator.bit_length()
    reached = numerator >= denominator << k if k >= 0 else numerator << -k >= denominator
    return k if reached else k - 1


def neighbours(value: Fraction, fmt: Posit) -> tuple[int, int]:
    """The patterns of the nearest posits at or below and at or above a value.

    Beyond the largest value both are that largest one.
    """
    bits = encode(value, fmt)
    here = decode(bits, fmt)
    assert here is not None
    if here == value:
        return bits, bits
    if here < value:
        above = (bits + 1) & fmt.mask
        return (bits, bits) if above == fmt.nar else (bits, above)
    below = (bits - 1) & fmt.mask
    return (bits, bits) if below == fmt.nar else (below, bits)


def _lift(
    operation: Callable[[Fraction, Fraction], Value],
) -> Callable[[int, int, Posit], int]:
    def rounded(a: int, b: int, fmt: Posit) -> int:
        x, y = decode(a, fmt), decode(b, fmt)
        if x is None or y is None:
            return fmt.nar
        return encode(operation(x, y), fmt)

    return rounded


add = _lift(lambda x, y: x + y)
sub = _lift(lambda x, y: x - y)
mul = _lift(lambda x, y: x * y)
div = _lift(lambda x, y: None if y == 0 else x / y)


def sqrt(a: int, fmt: Posit) -> int:
    """The square root (section 5.5); NaR for NaR and for negative values."""
    x = decode(a, fmt)
    if x is None or x < 0:
        return fmt.nar
    return encode(sqrt_near(x, fmt), fmt)


def sqrt_near(x: Fraction, fmt: Posit) -> Fraction:
    """A number that rounds as the square root of x >= 0 does in fmt and in narrower formats.

    It is the root itself, or lies strictly between the same two multiples of a unit that is finer
    than any rounding boundary.
    """
    finer = fmt.max_scale + 2 * fmt.n
    scaled = x * 4**finer
    root = isqrt(scaled.numerator // scaled.denominator)
    rest = Fraction(root * root != scaled, 2)
    return Fraction(root + rest, 1 << finer)


def fused_multiply(a: int, b: int, c: int, fmt: Posit) -> int:
    """fMM: a * b * c, rounded once (section 5.7)."""
    x, y, z = decode(a, fmt), decode(b, fmt), decode(c, fmt)
    if x is None or y is None or z is None:
        return fmt.nar
    return encode(x * y * z, fmt)


def fma(a: int, b: int, c: int, fmt: Posit) -> int:
    """The fused a * b + c, rounded once: pToQ(c), qMulAdd, qToP of the standard."""
    x, y, z = decode(a, fmt), decode(b, fmt), decode(c, fmt)
    if x is None or y is None or z is None:
        return fmt.nar
    return encode(x * y + z, fmt)
