"""Factories of three-term sums: ExSdotp, ExVsum and Vsum of the MiniFloat-NN extensions.

The exact sum of three terms is rounded once, in every mode. The published RTL
(`fpnew_sdotp_multi.sv`) does that in round-to-nearest; its deviations in directed modes and flags
are not copied. Special operands follow the order of the RTL.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow
from rvx.formats.minifloat.scalar.pack import (
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
from rvx.formats.minifloat.scalar.sums import TERM, signed, sum_of_three

DotProduct = Callable[[int, int, int, int, int, int], tuple[int, int]]
ThreeSum = Callable[[int, int, int, int], tuple[int, int]]


def _require_width(what: str, fmt: Minifloat, width: int) -> None:
    if width > TERM:
        raise ValueError(
            f"the {what} of {fmt} has {width} significant bits; sums of three terms take "
            f"{TERM} at most, as in FP16 products and FP32 addends"
        )


@cache
def make_exsdotp(
    src: Minifloat, dst: Minifloat, negate: bool = False, overflow: Overflow | None = None
) -> DotProduct:
    """exsdotp(a, b, c, d, e, rm): a*b + c*d + e, or -a*b - c*d + e, rounded once to `dst`.

    Factors are codes of `src`, the accumulator `e` and the result are codes of `dst`.

    Raises:
        ValueError: a product has more than 24 bits (`src` wider than FP16), or `dst` has (FP64).
    """
    require_arithmetic(src)
    require_arithmetic(dst)
    _require_width("product", src, 2 * src.precision)
    _require_width("accumulator", dst, dst.precision)
    unpack = make_unpack(src)
    unpack_addend = make_unpack(dst)
    is_factor = make_is_finite(src)
    is_addend = make_is_finite(dst)
    product_kind = make_product_kind(src)
    kind = make_kind(dst)
    special_sum = make_special_sum(dst, overflow)
    pack = make_pack(dst, overflow)
    zero = make_zero(dst)
    flip = int(negate)

    def exsdotp(a: int, b: int, c: int, d: int, e: int, rm: int) -> tuple[int, int]:
        sign_a, mag_a, exp_a = unpack(a)
        sign_b, mag_b, exp_b = unpack(b)
        sign_c, mag_c, exp_c = unpack(c)
        sign_d, mag_d, exp_d = unpack(d)
        sign_e, mag_e, exp_e = unpack_addend(e)
        sign_p = sign_a ^ sign_b ^ flip
        sign_q = sign_c ^ sign_d ^ flip
        if not (is_factor(a) and is_factor(b) and is_factor(c) and is_factor(d) and is_addend(e)):
            return special_sum(
                product_kind(a, b), sign_p, product_kind(c, d), sign_q, kind(e), sign_e
            )
        value, exp = sum_of_three(
            signed(sign_p, mag_a * mag_b),
            exp_a + exp_b,
            signed(sign_q, mag_c * mag_d),
            exp_c + exp_d,
            signed(sign_e, mag_e),
            exp_e,
        )
        if value == 0:
            if sign_p == sign_q == sign_e:
                return zero(sign_e), 0
            return zero(1 if rm & 7 == RDN else 0), 0
        return pack(1 if value < 0 else 0, abs(value), exp, rm)

    return exsdotp


@cache
def make_vsum(
    src: Minifloat,
    dst: Minifloat | None = None,
    negate: bool = False,
    overflow: Overflow | None = None,
) -> ThreeSum:
    """vsum(a, c, e, rm): a + c + e, or -a - c + e, rounded once.

    Without `dst` all are codes of one format (Vsum); with it `a` and `c` are codes of `src`, and
    `e` and the result of `dst` (ExVsum).

    Raises:
        ValueError: a term has more than 24 bits.
    """
    target = src if dst is None else dst
    require_arithmetic(src)
    require_arithmetic(target)
    _require_width("significand", src, src.precision)
    _require_width("accumulator", target, target.precision)
    unpack = make_unpack(src)
    unpack_addend = make_unpack(target)
    is_term = make_is_finite(src)
    is_addend = make_is_finite(target)
    kind_of_term = make_kind(src)
    kind = make_kind(target)
    special_sum = make_special_sum(target, overflow)
    pack = make_pack(target, overflow)
    zero = make_zero(target)
    flip = int(negate)

    def vsum(a: int, c: int, e: int, rm: int) -> tuple[int, int]:
        sign_a, mag_a, exp_a = unpack(a)
        sign_c, mag_c, exp_c = unpack(c)
        sign_e, mag_e, exp_e = unpack_addend(e)
        sign_a ^= flip
        sign_c ^= flip
        if not (is_term(a) and is_term(c) and is_addend(e)):
            return special_sum(kind_of_term(a), sign_a, kind_of_term(c), sign_c, kind(e), sign_e)
        value, exp = sum_of_three(
            signed(sign_a, mag_a),
            exp_a,
            signed(sign_c, mag_c),
            exp_c,
            signed(sign_e, mag_e),
            exp_e,
        )
        if value == 0:
            if sign_a == sign_c == sign_e:
                return zero(sign_e), 0
            return zero(1 if rm & 7 == RDN else 0), 0
        return pack(1 if value < 0 else 0, abs(value), exp, rm)

    return vsum
