"""Compiled exact sums of element products of two MX words, in fixed point.

All lanes of a word are taken apart at once: a few operations on the whole word give all
significands and all exponents.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.block.mx.format import INT8_LSB, Mx
from rvx.formats.integer.format import Integer
from rvx.formats.integer.scalar import dot_sp_b, repeat, reverse16
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar.sums import signed

Products = Callable[[int, int], tuple[int, int]]
Take = Callable[[int], tuple[int, int]]

_MASK32 = 0xFFFFFFFF
_SETTLE = 0x0000800080008000


def make_take(element: Minifloat, width: int) -> Take:
    """take(word) -> (significands, exponents), each in lanes of `width` bits.

    The magnitude of a lane is significand * 2^(exponent + lsb_min).
    """
    m = element.m
    fields = repeat(((1 << element.e) - 1) << m, width)
    fractions = repeat((1 << m) - 1, width)
    tops = repeat(1 << (width - 1), width)
    ones = repeat(1, width)
    # Added to an exponent field in place, this reaches the top bit unless the field is 0.
    carry = repeat((1 << (width - 1)) - (1 << m), width)

    def take(word: int) -> tuple[int, int]:
        field = word & fields
        normal = (((field + carry) & tops) >> (width - 1)) & ones
        return (word & fractions) | (normal << m), (field >> m) - normal

    return take


def make_products(fmt: Mx) -> tuple[Products, int, int]:
    """products(a, b) -> (high, low); the exponent of its last place; the bits it may have.

    The exact sum of the products of all lanes is high * 2^32 + low, with 0 <= low < 2^32.
    """
    element = fmt.element
    if isinstance(element, Integer):
        return _products_of_int8, 2 * INT8_LSB, 18
    lanes = 64 // fmt.container
    bits = 2 * (element.emax - element.lsb_min + 1) + lanes.bit_length()
    is_small = element.emax - element.lsb_min < 6
    make = _make_small_products if is_small else _make_large_products
    return make(element, fmt.container), 2 * element.lsb_min, bits


def _products_of_int8(a: int, b: int) -> tuple[int, int]:
    total = dot_sp_b(a, b)
    return total >> 32, total & _MASK32


def _make_large_products(element: Minifloat, width: int) -> Products:
    """Lane by lane: the products reach up to 64 bits."""
    take = make_take(element, width)
    sign_place = element.e + element.m
    lanes = tuple(range(0, 64, width))
    mask = (1 << width) - 1

    def products(a: int, b: int) -> tuple[int, int]:
        x, x_exponents = take(a)
        y, y_exponents = take(b)
        exponents = x_exponents + y_exponents
        signs = (a ^ b) >> sign_place
        high = 0
        low = 0
        for lane in lanes:
            shift = (exponents >> lane) & mask
            product = (((x >> lane) & mask) * ((y >> lane) & mask)) << (shift & 31)
            product = signed((signs >> lane) & 1, product)
            is_high = -(shift >> 5)
            high += product & is_high
            low += product & ~is_high
        return high + (low >> 32), low & _MASK32

    return products


def _make_small_products(element: Minifloat, width: int) -> Products:
    """Four lanes by one multiplication (see `rvx.formats.integer.scalar`), signs kept apart.

    For elements whose exponents are 0 to 2 and whose magnitudes in fixed point fit a lane.
    """
    take = make_take(element, width)
    sign_place = element.e + element.m
    mask = (1 << width) - 1
    ones = repeat(1, width)
    digits = repeat(mask, 16)
    steps = tuple(range(0, 16, width))

    def magnitudes(word: int) -> int:
        value, exponents = take(word)
        value += value & ((exponents & ones) * mask)
        return value + 3 * (value & (((exponents >> 1) & ones) * mask))

    def products(a: int, b: int) -> tuple[int, int]:
        negative = (((a ^ b) >> sign_place) & ones) * mask
        x = magnitudes(a)
        minus = x & negative
        y = reverse16(magnitudes(b))
        total = _SETTLE
        for step in steps:
            digit = ((x >> step) & digits) - 2 * ((minus >> step) & digits)
            total += digit * ((y >> step) & digits)
        total >>= 48
        return total >> 32, total & _MASK32

    return products
