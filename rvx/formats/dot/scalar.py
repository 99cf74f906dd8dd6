"""Aligned groups on codes, one product at a time: what the bodies of instructions are made of.

A body has its factors in registers, not in arrays of significands, and their number is known when
it runs. So a group goes through two loops of the body: over all products for the largest place,
then for the sum. What the loops call is made from the declaration of the accumulator, and rounds
by the same functions as the array form (`rvx.formats.dot.step`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.dot.accumulator import Accumulator, Aligned
from rvx.formats.dot.setting import setting_of
from rvx.formats.dot.step import (
    INFINITE,
    MINUS_ZERO,
    QUIET,
    SIGNALLING,
    add,
    cut,
    round_number,
    special,
    special_of_product,
    with_both_signs,
)
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV, OF
from rvx.formats.minifloat.scalar import pack as codes
from rvx.records import dataclass

NOWHERE = -(1 << 19)
"""Place of a product of zero: it takes no part in the alignment."""


@cache
def make_parts(fmt: Minifloat, *, has_signalling: bool = True) -> Callable[[int], tuple[int, int]]:
    """parts(code): signed significand and exponent, as `step` has them.

    Args:
        fmt: of the code.
        has_signalling: whether NaNs without the quiet bit are signalling; those of OFP8 are not.
    """
    unpack, kind = codes.make_unpack(fmt), codes.make_kind(fmt)

    def parts(code: int) -> tuple[int, int]:
        sign, magnitude, exponent = unpack(code)
        what = kind(code)
        if what == codes.FINITE:
            if magnitude == 0:
                return 0, MINUS_ZERO if sign != 0 else 0
            return (-magnitude if sign != 0 else magnitude), exponent
        if what == codes.INFINITE:
            return (-1 if sign != 0 else 1), INFINITE
        if what == codes.SIGNALLING and has_signalling:
            return 1, SIGNALLING
        return 1, QUIET

    return parts


@cache
def make_code(fmt: Minifloat, nan: int = 0) -> Callable[[int, int], int]:
    """code(significand, exponent): the inverse of `make_parts`.

    Args:
        fmt: of the code; without infinities it gets none.
        nan: the code of a NaN, if not the usual one.
    """
    m, bias, fraction = fmt.m, fmt.bias, (1 << fmt.m) - 1
    sign_mask = -1 << (fmt.bits - 1) if fmt.bits == 64 else fmt.sign_mask
    infinity, nan = fmt.infinity or 0, nan or fmt.nan or 0

    def code(significand: int, exponent: int) -> int:
        if exponent >= QUIET:
            return nan
        magnitude = abs(significand)
        made = magnitude & fraction
        if magnitude >> m != 0:
            made |= (exponent + bias + m) << m
        if exponent == INFINITE:
            made = infinity
        if significand < 0 or (significand == 0 and exponent == MINUS_ZERO):
            made |= sign_mask
        return made

    return code


@dataclass(frozen=True, eq=False)
class AlignedGroup:
    """The steps of a group whose products are aligned, and whose sum is rounded and then added.

    Attributes:
        place: place(a, b): of a product of two codes, `NOWHERE` for one of zero.
        special: special(a, b): what a product that is no number adds to the special cases, ORed.
        term: term(a, b, unit): the product in units of 2^unit, to odd or cut off.
        result: result(total, unit, specials, c): (code, flags) of the accumulator, which was c.
        kept: digits behind the point of an aligned product, without guard bits: the unit of a
            group is the largest place, less these, less the guard bits.
    """

    place: Callable[[int, int], int]
    special: Callable[[int, int], int]
    term: Callable[[int, int, int], int]
    result: Callable[[int, int, int, int], tuple[int, int]]
    kept: int


@cache
def make_aligned_group(acc: Accumulator, *, has_signalling: bool = True) -> AlignedGroup:
    """The steps of a group of an accumulator, for any number of guard bits.

    Args:
        acc: how; how many products there are and the guard bits are up to the body.
        has_signalling: whether the factors' formats have signalling NaNs.
    """
    assert isinstance(acc.left, Minifloat)
    assert isinstance(acc.right, Minifloat)
    assert isinstance(acc.result, Minifloat)
    assert isinstance(acc.reduction, Aligned)
    left = make_parts(acc.left, has_signalling=has_signalling)
    right = make_parts(acc.right, has_signalling=has_signalling)
    parts, code = make_parts(acc.result), make_code(acc.result)
    declared = setting_of(acc, acc.group)
    point, precision, sticky = acc.left.m + acc.right.m, acc.precision, int(acc.reduction.is_sticky)
    group_rounding = -1 if acc.group_rounding is None else int(acc.group_rounding)
    assert group_rounding >= 0

    def place(a: int, b: int) -> int:
        sa, ea = left(a)
        sb, eb = right(b)
        if sa == 0 or sb == 0:
            return NOWHERE
        return ea + eb + point

    def special_case(a: int, b: int) -> int:
        sa, ea = left(a)
        sb, eb = right(b)
        return special_of_product(sa, ea, sb, eb)

    def term(a: int, b: int, unit: int) -> int:
        sa, ea = left(a)
        sb, eb = right(b)
        product = sa * sb
        if product == 0:
            return 0
        return cut(product, ea + eb - unit, sticky)

    def result(total: int, unit: int, specials: int, c: int) -> tuple[int, int]:
        if specials != 0:
            s, e, flags = special(declared, with_both_signs(specials, True))
        else:
            s, e, flags = round_number(declared, total, unit, 0, group_rounding, 0, 0)
        cs, ce = parts(c)
        s, e, raised = add(declared, s, e, cs, ce, precision, 0)
        # Inexact and underflow are not told.
        return code(s, e), (flags | raised) & (NV | OF)

    return AlignedGroup(place, special_case, term, result, precision - 1)
