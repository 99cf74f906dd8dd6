"""Dot products of factors that stand side by side in an integer, for bodies of instructions.

For accumulators whose groups are exact and fused: products of few digits, such as those of 8-bit
floats, add up exactly in one integer or in two, and the only rounding is that of the sum with the
accumulator.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.bits import clz64
from rvx.formats.dot.accumulator import Accumulator, Exact
from rvx.formats.dot.scalar import make_code, make_parts
from rvx.formats.dot.setting import setting_of
from rvx.formats.dot.step import (
    Setting,
    cut,
    is_minus,
    round_number,
    special,
    special_of_one,
    special_of_product,
    with_both_signs,
)
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.minifloat.scalar.sums import sum_of_two

_WIDEST = 60
"""Bits that an exact sum may have in one word, see `sum_of_two`."""
_LOW = 32
_MASK = (1 << _LOW) - 1
_WIDEST_IN_TWO, _MOST_PRECISE = 86, 30
"""Bits that an exact sum may have in two words, and an accumulator that is added to it."""

PackedDot = Callable[[int, int, int, int], tuple[int, int]]


def _span(fmt: Minifloat) -> int:
    """Bits from the smallest step of a format to its largest number."""
    return fmt.emax - fmt.lsb_min + 1


def _add_to_wide(high: int, low: int, unit: int, cs: int, ce: int, width: int) -> tuple[int, int]:
    """(high * 2^32 + low) * 2^unit + cs * 2^ce, jammed where it has more than 60 bits.

    The first sum has up to `width` bits, and cs has up to 30.
    """
    high, low = high + (low >> _LOW), low & _MASK
    if -1 << (_WIDEST - _LOW) < high < (1 << (_WIDEST - _LOW)) - 1:
        return sum_of_two((high << _LOW) + low, unit, cs, ce, _WIDEST, _MOST_PRECISE)
    # So large that what the accumulator has below the unit is but a rest; and where that is eight
    # times as large, the lower word is.
    apart = ce - unit
    if cs != 0 and apart + 64 - clz64(abs(cs)) > width + 4:
        jammed = high << 1 | (1 if low != 0 else 0)
        return sum_of_two(jammed, unit + _LOW - 1, cs, ce, width - _LOW + 1, _MOST_PRECISE)
    if apart >= _LOW:
        high += cs << (apart - _LOW)
    elif cs != 0:
        low += cut(cs, apart, 1) if apart < 0 else cs << apart
        high, low = high + (low >> _LOW), low & _MASK
    length = 64 - clz64(abs(high))
    if length <= _WIDEST - _LOW - 1:
        return (high << _LOW) + low, unit
    places = min(_WIDEST - length, _LOW)
    rest = low & ((1 << (_LOW - places)) - 1)
    value = high << places | low >> (_LOW - places) | (1 if rest != 0 else 0)
    return value, unit + _LOW - places


@cache
def make_packed_dot(acc: Accumulator) -> PackedDot:
    """dot(left, right, c, mode): c plus a group of products, rounded once: (code, flags).

    The first factors are in the lowest bits of `left` and `right`; c is a code of the result's
    format, and mode is that of frm, whatever the accumulator says.

    Args:
        acc: exact and fused, of so many products as its group has.

    Raises:
        ValueError: it is another one, or its sums have more bits than fit into an integer.
    """
    left_format, right_format, result = acc.left, acc.right, acc.result
    if not (isinstance(acc.reduction, Exact) and acc.is_fused and acc.group > 0):
        raise ValueError(f"{acc.name}: factors side by side are summed exactly, in fused groups")
    assert isinstance(left_format, Minifloat)
    assert isinstance(right_format, Minifloat)
    assert isinstance(result, Minifloat)
    group = acc.group
    width = _span(left_format) + _span(right_format) + (group - 1).bit_length()
    most = _WIDEST_IN_TWO if result.precision <= _MOST_PRECISE else _WIDEST
    if width > most:
        raise ValueError(
            f"{acc.name}: exact sums of {group} products of {left_format} and {right_format} have "
            f"{width} bits; {most} are possible"
        )
    is_wide = width > _WIDEST
    # NaNs of formats of 8 bits are quiet, as OFP8 has them.
    left = make_parts(left_format, has_signalling=left_format.bits > 8)
    right = make_parts(right_format, has_signalling=right_format.bits > 8)
    parts, code = make_parts(result), make_code(result)
    left_bits, right_bits = left_format.bits, right_format.bits
    left_mask, right_mask = (1 << left_bits) - 1, (1 << right_bits) - 1
    result_mask = (1 << result.bits) - 1
    unit = left_format.lsb_min + right_format.lsb_min
    declared, precision = setting_of(acc, group), acc.precision
    stays_finite = declared[Setting.STAYS_FINITE]
    down = int(Rounding.RDN)

    def dot(packed_left: int, packed_right: int, c: int, mode: int) -> tuple[int, int]:
        total, high, specials, minuses = 0, 0, 0, 0
        for k in range(group):
            sa, ea = left(packed_left >> k * left_bits & left_mask)
            sb, eb = right(packed_right >> k * right_bits & right_mask)
            minuses += 1 if is_minus(sa, ea) != is_minus(sb, eb) else 0
            found = special_of_product(sa, ea, sb, eb)
            specials |= found
            # Exponents of zeros and of specials are marks.
            if found == 0 and sa != 0 and sb != 0:
                place = ea + eb - unit
                if is_wide and place >= _LOW:
                    high += (sa * sb) << (place - _LOW)
                else:
                    total += (sa * sb) << place
        cs, ce = parts(c & result_mask)
        specials |= special_of_one(cs, ce)
        if specials != 0:
            s, e, flags = special(declared, with_both_signs(specials, False))
            return code(s, e), flags
        if is_wide:
            value, exponent = _add_to_wide(high, total, unit, cs, ce, width)
        else:
            value, exponent = sum_of_two(total, unit, cs, ce, width, precision)
        sign = 0
        if value == 0:
            # Terms of one sign keep it; others make a zero that is negative in RDN only.
            minuses += 1 if is_minus(cs, ce) else 0
            sign = 1 if minuses == group + 1 or (minuses != 0 and mode == down) else 0
        s, e, flags = round_number(declared, value, exponent, sign, mode, 0, stays_finite)
        return code(s, e), flags

    return dot
