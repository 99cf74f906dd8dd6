"""Arithmetic of the reference: the exact result, rounded once.

Sources: IEEE 754-2019 (5.4, 6.1 to 6.3, 7), the RISC-V F extension 2.2, and for the expanding sums
of PULP's SDOTP unit the order of special cases of `fpnew_sdotp_multi.sv`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from rvx.formats.minifloat.exact.core import (
    ZERO,
    Datum,
    Kind,
    Result,
    decode,
    infinite,
    nan,
    round_to,
    with_sign,
)
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import DZ, NV, STOCHASTIC_BITS, Overflow, Rounding
from rvx.records import replace

Product = tuple[Datum, Datum]


def sum_of_products(
    dst: Minifloat,
    products: Sequence[Product],
    addends: Sequence[Datum],
    rm: int,
    overflow: Overflow | None = None,
) -> Result:
    """The exact sum of products and addends, rounded once to `dst`.

    Special operands, in this order: infinity times zero is invalid even beside a quiet NaN; a NaN
    gives the canonical NaN; infinities of both signs are invalid; an infinity stays. A sum that is
    exactly zero has the sign of its terms if they share one, else it is negative in RDN only.
    """
    operands = [operand for product in products for operand in product] + list(addends)
    if any((a.is_infinite and b.is_zero) or (a.is_zero and b.is_infinite) for a, b in products):
        return nan(dst)
    if any(operand.is_nan for operand in operands):
        is_invalid = any(operand.kind is Kind.SIGNALLING for operand in operands)
        return nan(dst, NV if is_invalid else 0)
    terms = [multiplied(a, b) for a, b in products] + list(addends)
    signs = {term.is_negative for term in terms if term.is_infinite}
    if len(signs) > 1:
        return nan(dst)
    if signs:
        return infinite(dst, signs.pop(), overflow=overflow)
    total = sum((term.value for term in terms), ZERO)
    if total == 0:
        shared = {term.is_negative for term in terms}
        is_negative = shared.pop() if len(shared) == 1 else rm & 7 == Rounding.RDN
        return round_to(dst, ZERO, is_negative, rm, overflow)
    return round_to(dst, abs(total), total < 0, rm, overflow)


def multiplied(a: Datum, b: Datum) -> Datum:
    """The exact product of two data that are numbers, and not infinity times zero."""
    is_negative = a.is_negative != b.is_negative
    if a.is_infinite or b.is_infinite:
        return Datum(is_negative, Kind.INFINITY)
    return Datum(is_negative, Kind.FINITE, a.magnitude * b.magnitude)


def negated(a: Datum, when: bool = True) -> Datum:
    """The datum with its sign inverted, if asked for."""
    return replace(a, is_negative=not a.is_negative) if when else a


def add(fmt: Minifloat, a: int, b: int, rm: int, overflow: Overflow | None = None) -> Result:
    """The sum a + b."""
    return sum_of_products(fmt, [], [decode(fmt, a), decode(fmt, b)], rm, overflow)


def sub(fmt: Minifloat, a: int, b: int, rm: int, overflow: Overflow | None = None) -> Result:
    """The difference a - b."""
    return sum_of_products(fmt, [], [decode(fmt, a), negated(decode(fmt, b))], rm, overflow)


def mul(
    fmt: Minifloat,
    a: int,
    b: int,
    rm: int,
    dst: Minifloat | None = None,
    overflow: Overflow | None = None,
) -> Result:
    """The product a * b, in `dst` if that is given (`fmulex`)."""
    return sum_of_products(dst or fmt, [(decode(fmt, a), decode(fmt, b))], [], rm, overflow)


def fma(
    fmt: Minifloat,
    a: int,
    b: int,
    c: int,
    rm: int,
    dst: Minifloat | None = None,
    negate_product: bool = False,
    negate_addend: bool = False,
    overflow: Overflow | None = None,
) -> Result:
    """The fused +-(a * b) +- c; `c` and the result are in `dst` if that is given (`fmacex`)."""
    product = (negated(decode(fmt, a), negate_product), decode(fmt, b))
    addend = negated(decode(dst or fmt, c), negate_addend)
    return sum_of_products(dst or fmt, [product], [addend], rm, overflow)


def exsdotp(
    src: Minifloat,
    dst: Minifloat,
    a: int,
    b: int,
    c: int,
    d: int,
    e: int,
    rm: int,
    negate: bool = False,
    overflow: Overflow | None = None,
) -> Result:
    """a*b + c*d + e, or -a*b - c*d + e: products of `src`, accumulator and result in `dst`."""
    first = (negated(decode(src, a), negate), decode(src, b))
    second = (negated(decode(src, c), negate), decode(src, d))
    return sum_of_products(dst, [first, second], [decode(dst, e)], rm, overflow)


def vsum(
    src: Minifloat,
    dst: Minifloat,
    a: int,
    c: int,
    e: int,
    rm: int,
    negate: bool = False,
    overflow: Overflow | None = None,
) -> Result:
    """A + c + e, or -a - c + e, with `a` and `c` in `src`; expanding if `dst` is another format."""
    addends = [negated(decode(src, x), negate) for x in (a, c)] + [decode(dst, e)]
    return sum_of_products(dst, [], addends, rm, overflow)


def div(fmt: Minifloat, a: int, b: int, rm: int, overflow: Overflow | None = None) -> Result:
    """The quotient a / b. A finite number over zero raises DZ and is an infinity."""
    x, y = decode(fmt, a), decode(fmt, b)
    is_negative = x.is_negative != y.is_negative
    if x.is_nan or y.is_nan:
        return nan(fmt, NV if Kind.SIGNALLING in (x.kind, y.kind) else 0)
    if (x.is_infinite and y.is_infinite) or (x.is_zero and y.is_zero):
        return nan(fmt)
    if x.is_infinite:
        return infinite(fmt, is_negative, overflow=overflow)
    if y.is_zero:
        return infinite(fmt, is_negative, DZ, overflow)
    if y.is_infinite:
        return with_sign(fmt, 0, is_negative), 0
    return round_to(fmt, x.magnitude / y.magnitude, is_negative, rm, overflow)


def sqrt(fmt: Minifloat, a: int, rm: int, overflow: Overflow | None = None) -> Result:
    """The square root; that of -0 is -0."""
    x = decode(fmt, a)
    if x.is_nan:
        return nan(fmt, NV if x.kind is Kind.SIGNALLING else 0)
    if x.is_zero:
        return with_sign(fmt, 0, x.is_negative), 0
    if x.is_negative:
        return nan(fmt)
    if x.is_infinite:
        return infinite(fmt, False, overflow=overflow)
    return round_to(fmt, root_stand_in(x.magnitude, fmt.precision), False, rm, overflow)


def root_stand_in(square: Fraction, precision: int) -> Fraction:
    """A rational number that rounds as the square root does.

    The root is cut well below the last bit that any rounding looks at. If something was cut off,
    half a step is put in its place: it lies strictly between the same two steps as the root.
    """
    steps = precision + STOCHASTIC_BITS + 4 + square.denominator.bit_length()
    scaled = square * Fraction(4) ** steps
    root = math.isqrt(math.floor(scaled))
    is_exact = root * root == scaled
    return (Fraction(root) if is_exact else root + Fraction(1, 2)) / Fraction(2) ** steps
