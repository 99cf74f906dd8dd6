"""The slow reference of the MX formats, on fractions; it reads like the specification."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rvx.formats.block.mx.format import INT8_LSB, SCALE_BIAS, SCALE_NAN, Mx
from rvx.formats.integer import exact as integer
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.exact import Datum, Kind, decode, round_to
from rvx.formats.minifloat.exact.arithmetic import sum_of_products
from rvx.formats.minifloat.exact.core import exponent
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow, Rounding
from rvx.records import replace


def datum(fmt: Mx, code: int) -> Datum:
    """What the code of an element means, without its scale."""
    if isinstance(fmt.element, Minifloat):
        return decode(fmt.element, code % (1 << fmt.element.bits))
    value = integer.wrap(code, fmt.element.bits) * Fraction(2) ** INT8_LSB
    return Datum(value < 0, Kind.FINITE, abs(value))


def dot(
    fmt: Mx,
    a: Sequence[int],
    b: Sequence[int],
    scale_a: int,
    scale_b: int,
    acc: int,
    destination: Minifloat,
) -> tuple[int, int]:
    """The exact acc + X_a X_b sum(a_i b_i), rounded once to nearest even (MX 1.0, 6.1).

    Returns:
        The code in `destination`, and the exception flags.
    """
    addends = [decode(destination, acc)]
    shift = scale_a + scale_b - 2 * SCALE_BIAS
    if SCALE_NAN in (scale_a, scale_b):
        addends.append(Datum(False, Kind.QUIET))
        shift = 0
    scaled = [datum(fmt, x) for x in a]
    scaled = [replace(x, magnitude=x.magnitude * Fraction(2) ** shift) for x in scaled]
    products = [(x, datum(fmt, y)) for x, y in zip(scaled, b, strict=True)]
    return sum_of_products(destination, products, addends, Rounding.RNE)


def quantise(fmt: Mx, values: Sequence[Fraction]) -> tuple[int, list[int]]:
    """The scale and the codes of one block (MX 1.0, 6.3).

    The scale is the largest power of two not above the largest magnitude, divided by the largest
    power of two of the element format. Elements are rounded to nearest even and clamped.
    """
    largest = max(abs(value) for value in values)
    shared = exponent(largest) - fmt.emax if largest else -SCALE_BIAS
    shared = max(-SCALE_BIAS, min(SCALE_BIAS, shared))
    scale = Fraction(2) ** shared
    return shared + SCALE_BIAS, [_element(fmt, value / scale) for value in values]


def _element(fmt: Mx, value: Fraction) -> int:
    if isinstance(fmt.element, Integer):
        return integer.quantise(value, Fraction(2) ** INT8_LSB, fmt.element) % 256
    code, _ = round_to(fmt.element, abs(value), value < 0, Rounding.RNE, Overflow.SATURATE)
    return code
