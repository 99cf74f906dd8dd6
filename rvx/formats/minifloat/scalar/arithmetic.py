"""Factories of addition, subtraction, multiplication and fused multiply-add.

Every kernel returns (code, flags). `negate_*` invert the sign of an exact term before the sum,
which gives the four fused operations of RISC-V and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow
from rvx.formats.minifloat.scalar.pack import (
    FINITE,
    RDN,
    make_is_finite,
    make_kind,
    make_pack,
    make_unpack,
    make_zero,
)
from rvx.formats.minifloat.scalar.special import (
    make_product_kind,
    make_special_sum,
    require_arithmetic,
)
from rvx.formats.minifloat.scalar.sums import signed, sum_of_two
from rvx.formats.minifloat.scalar.wide import wide_product, wide_sum

Binary = Callable[[int, int, int], tuple[int, int]]
Ternary = Callable[[int, int, int, int], tuple[int, int]]

NARROW_FACTOR = 30
"""Precision up to which an exact product fits in the 60 bits of `sum_of_two`."""


@cache
def _make_sum(fmt: Minifloat, negate: int, overflow: Overflow | None) -> Binary:
    require_arithmetic(fmt)
    unpack = make_unpack(fmt)
    kind = make_kind(fmt)
    is_finite = make_is_finite(fmt)
    special_sum = make_special_sum(fmt, overflow)
    pack = make_pack(fmt, overflow)
    zero = make_zero(fmt)
    precision = fmt.precision

    def add(a: int, b: int, rm: int) -> tuple[int, int]:
        sign_a, mag_a, exp_a = unpack(a)
        sign_b, mag_b, exp_b = unpack(b)
        sign_b ^= negate
        if not (is_finite(a) and is_finite(b)):
            return special_sum(kind(a), sign_a, kind(b), sign_b, FINITE, 0)
        value, exp = sum_of_two(
            signed(sign_a, mag_a), exp_a, signed(sign_b, mag_b), exp_b, precision, precision
        )
        if value == 0:
            if sign_a == sign_b:
                return zero(sign_a), 0
            return zero(1 if rm & 7 == RDN else 0), 0
        sign = 1 if value < 0 else 0
        return pack(sign, abs(value), exp, rm)

    return add


def make_add(fmt: Minifloat, overflow: Overflow | None = None) -> Binary:
    """add(a, b, rm): a + b."""
    return _make_sum(fmt, 0, overflow)


def make_sub(fmt: Minifloat, overflow: Overflow | None = None) -> Binary:
    """sub(a, b, rm): a - b."""
    return _make_sum(fmt, 1, overflow)


@cache
def make_mul(
    src: Minifloat, dst: Minifloat | None = None, overflow: Overflow | None = None
) -> Binary:
    """mul(a, b, rm): a * b, rounded to `dst` if that is given (`fmulex`)."""
    target = src if dst is None else dst
    require_arithmetic(src)
    require_arithmetic(target)
    unpack = make_unpack(src)
    product_kind = make_product_kind(src)
    is_finite = make_is_finite(src)
    special_sum = make_special_sum(target, overflow)
    pack = make_pack(target, overflow)
    zero = make_zero(target)
    is_narrow = src.precision <= NARROW_FACTOR

    def mul(a: int, b: int, rm: int) -> tuple[int, int]:
        sign_a, mag_a, exp_a = unpack(a)
        sign_b, mag_b, exp_b = unpack(b)
        sign = sign_a ^ sign_b
        if not (is_finite(a) and is_finite(b)):
            return special_sum(product_kind(a, b), sign, FINITE, 0, FINITE, 0)
        if mag_a == 0 or mag_b == 0:
            return zero(sign), 0
        if is_narrow:
            return pack(sign, mag_a * mag_b, exp_a + exp_b, rm)
        mag, exp = wide_product(mag_a, mag_b)
        return pack(sign, mag, exp + exp_a + exp_b, rm)

    return mul


@cache
def make_fma(
    src: Minifloat,
    dst: Minifloat | None = None,
    negate_product: bool = False,
    negate_addend: bool = False,
    overflow: Overflow | None = None,
) -> Ternary:
    """fma(a, b, c, rm): +-(a * b) +- c; `c` and the result are in `dst` if given (`fmacex`)."""
    target = src if dst is None else dst
    require_arithmetic(src)
    require_arithmetic(target)
    unpack = make_unpack(src)
    unpack_addend = make_unpack(target)
    product_kind = make_product_kind(src)
    kind = make_kind(target)
    is_factor = make_is_finite(src)
    is_addend = make_is_finite(target)
    special_sum = make_special_sum(target, overflow)
    pack = make_pack(target, overflow)
    zero = make_zero(target)
    is_narrow = src.precision <= NARROW_FACTOR
    product_width = 2 * src.precision
    addend_width = target.precision
    flip_product = int(negate_product)
    flip_addend = int(negate_addend)

    def fma(a: int, b: int, c: int, rm: int) -> tuple[int, int]:
        sign_a, mag_a, exp_a = unpack(a)
        sign_b, mag_b, exp_b = unpack(b)
        sign_c, mag_c, exp_c = unpack_addend(c)
        sign_p = sign_a ^ sign_b ^ flip_product
        sign_c ^= flip_addend
        if not (is_factor(a) and is_factor(b) and is_addend(c)):
            return special_sum(product_kind(a, b), sign_p, kind(c), sign_c, FINITE, 0)
        exp_p = exp_a + exp_b
        if is_narrow:
            value, exp = sum_of_two(
                signed(sign_p, mag_a * mag_b),
                exp_p,
                signed(sign_c, mag_c),
                exp_c,
                product_width,
                addend_width,
            )
        else:
            value, exp = wide_sum(sign_p, mag_a, mag_b, exp_p, sign_c, mag_c, exp_c)
        if value == 0:
            if sign_p == sign_c:
                return zero(sign_p), 0
            return zero(1 if rm & 7 == RDN else 0), 0
        sign = 1 if value < 0 else 0
        return pack(sign, abs(value), exp, rm)

    return fma
