"""The compiled kernel of accumulators: one group of products, and products of whole matrices.

Numbers are taken apart: a signed significand and the exponent of its last place. Those of zero, of
infinities and of NaNs say which of these they are. What differs between accumulators is in a table
of integers (`Setting`), so that all of them share one piece of machine code.

A group's sum is computed in one 64-bit word, which is exact wherever its terms are within 60 bits
of each other, as they nearly always are; else in a row of digits that holds every number.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rvx.formats.bits import clz63, clz64, ctz64
from rvx.formats.minifloat.rounding import NV, NX, OF, UF, Rounding
from rvx.formats.minifloat.scalar.sums import sum_of_two

MINUS_ZERO = 1
"""Exponent of a significand of 0 that stands for -0; +0 has 0."""
INFINITE, QUIET, SIGNALLING = 1 << 20, 1 << 21, 1 << 22
"""Exponents of what is no number; the significand has the sign of an infinity."""

EXACT, TO_ODD, TRUNCATED, PAIRWISE, WRAPPING, SATURATING = range(6)
"""Reductions."""
OVER_INFINITY, OVER_NAN, OVER_LARGEST = range(3)
DIGITS = 72
"""Digits of 32 bits: enough for products of binary32 with scales of E8M0."""


class Setting(IntEnum):
    """Position of what an accumulator is."""

    PRECISION = 0
    LSB_MIN = 1  # exponent of the smallest step of the result
    EMAX_LSB = 2  # exponent of the last place of the largest number
    MAX_SIGNIFICAND = 3
    OVERFLOW = 4
    ROUNDING = 5
    STAYS_FINITE = 6
    GROUP_ROUNDING = 7  # -1 for none
    REDUCTION = 8
    KEPT = 9  # digits behind the point of an aligned product
    POINT = 10  # digits behind the point of an exact product
    PRODUCT_BITS = 11
    IS_FUSED = 12
    LOW = 13  # exponent of the lowest digit of a wide sum
    WINDOW = 14  # bits that terms may span in one word
    MINIMUM = 15  # of an integer
    MAXIMUM = 16
    END = 17


_PRECISION, _LSB_MIN, _EMAX_LSB = Setting.PRECISION + 0, Setting.LSB_MIN + 0, Setting.EMAX_LSB + 0
_MAX_SIGNIFICAND, _OVERFLOW = Setting.MAX_SIGNIFICAND + 0, Setting.OVERFLOW + 0
_ROUNDING, _STAYS_FINITE = Setting.ROUNDING + 0, Setting.STAYS_FINITE + 0
_GROUP_ROUNDING, _REDUCTION = Setting.GROUP_ROUNDING + 0, Setting.REDUCTION + 0
_KEPT, _POINT, _PRODUCT_BITS = Setting.KEPT + 0, Setting.POINT + 0, Setting.PRODUCT_BITS + 0
_IS_FUSED, _LOW, _WINDOW = Setting.IS_FUSED + 0, Setting.LOW + 0, Setting.WINDOW + 0
_MINIMUM, _MAXIMUM = Setting.MINIMUM + 0, Setting.MAXIMUM + 0
_RNE, _RDN, _RUP, _RMM, _ROD, _RSR = (
    int(mode)
    for mode in (
        Rounding.RNE,
        Rounding.RDN,
        Rounding.RUP,
        Rounding.RMM,
        Rounding.ROD,
        Rounding.RSR,
    )
)
_RTZ = int(Rounding.RTZ)
_FAR = 1 << 19

# What NaNs and infinities make of a sum; several may be set.
_INVALID, _NAN, _PLUS, _MINUS = 1, 2, 4, 8


def is_minus(significand: int, exponent: int) -> bool:
    """The sign of a number, of a zero too."""
    return significand < 0 or (significand == 0 and exponent == MINUS_ZERO)


def rounds_up(low: int, rest: int, shift: int, sign: int, mode: int, random: int) -> bool:
    """Whether rest / 2^shift, which is below 1, takes a magnitude one step up."""
    if rest == 0:
        return False
    if mode in (_RNE, _RMM):
        half = 1 << (shift - 1)
        return rest > half or (rest == half and (mode == _RMM or low & 1 != 0))
    if mode == _RDN:
        return sign != 0
    if mode == _RUP:
        return sign == 0
    if mode == _ROD:
        return low & 1 == 0
    if mode == _RSR:
        top = rest >> (shift - 12) if shift >= 12 else rest << (12 - shift)
        return random < top
    return False


def round_number(
    setting: Any, value: int, exponent: int, sign: int, mode: int, random: int, stays_finite: int
) -> tuple[int, int, int]:
    """value * 2^exponent in the result format: (significand, exponent, flags).

    The value may be jammed: its last bit is set where something below was lost. `sign` is that of
    a value of 0.
    """
    # Nearly every number: its binade and the next one above are ordinary ones, and it is rounded to
    # nearest or to odd, or is exact, as products of few digits are.
    magnitude = abs(value)
    precision = setting[_PRECISION]
    shift = 64 - clz63(magnitude) - precision
    lsb = exponent + shift
    if mode == _RNE and shift > 0 and setting[_LSB_MIN] <= lsb < setting[_EMAX_LSB]:
        low = magnitude >> shift
        rest = magnitude & ((1 << shift) - 1)
        low += (rest + (low & 1)) > (1 << (shift - 1))
        if low >> precision != 0:
            low >>= 1
            lsb += 1
        return (-low if value < 0 else low), lsb, NX if rest != 0 else 0
    if value != 0 and setting[_LSB_MIN] <= lsb < setting[_EMAX_LSB]:
        if shift <= 0:
            return value << -shift, lsb, 0
        if mode == _ROD:
            low = magnitude >> shift
            is_inexact = magnitude & ((1 << shift) - 1) != 0
            low |= 1 if is_inexact else 0
            return (-low if value < 0 else low), lsb, NX if is_inexact else 0
    return round_with_care(setting, value, exponent, sign, mode, random, stays_finite)


def round_with_care(
    setting: Any, value: int, exponent: int, sign: int, mode: int, random: int, stays_finite: int
) -> tuple[int, int, int]:
    """The same for all numbers and modes."""
    if value == 0:
        return 0, MINUS_ZERO if sign else 0, 0
    sign = 1 if value < 0 else 0
    magnitude = abs(value)
    precision = setting[_PRECISION]
    length = 64 - clz64(magnitude)
    # A number of few bits far below the smallest step is a rest at any distance.
    lsb = max(exponent + length - precision, setting[_LSB_MIN])
    shift = lsb - exponent
    flags = 0
    if shift <= 0:
        low = magnitude << -shift
    else:
        if shift > 62:
            low, rest, shift = 0, 1, 62
        else:
            low = magnitude >> shift
            rest = magnitude & ((1 << shift) - 1)
        if rest != 0:
            flags = NX
            if exponent + length - 1 < setting[_LSB_MIN] + precision - 1:
                flags |= UF
                if exponent + length == setting[_LSB_MIN] + precision - 1:
                    # Just below the normal numbers: not tiny if it rounds to one at full precision.
                    cut = max(exponent + length - precision - exponent, 0)
                    kept = magnitude >> cut
                    below = magnitude & ((1 << cut) - 1)
                    if kept + 1 == 1 << precision and rounds_up(
                        kept, below, cut, sign, mode, random
                    ):
                        flags = NX
        if rounds_up(low, rest, shift, sign, mode, random):
            low += 1
            if low >> precision != 0:
                low >>= 1
                lsb += 1
    top = setting[_EMAX_LSB]
    if low != 0 and (lsb > top or (lsb == top and low > setting[_MAX_SIGNIFICAND])):
        flags = OF | NX
        is_inward = (
            mode in (_RTZ, _ROD) or (mode == _RDN and sign == 0) or (mode == _RUP and sign != 0)
        )
        if not (stays_finite and is_inward):
            return infinity(setting, sign, flags)
        low, lsb = setting[_MAX_SIGNIFICAND], top
    if low == 0:
        return 0, MINUS_ZERO if sign else 0, flags
    return (-low if sign else low), lsb, flags


def infinity(setting: Any, sign: int, flags: int) -> tuple[int, int, int]:
    """An infinity, or what the accumulator has in its place."""
    if setting[_OVERFLOW] == OVER_NAN:
        return 1, QUIET, flags
    if setting[_OVERFLOW] == OVER_LARGEST:
        largest = setting[_MAX_SIGNIFICAND]
        return (-largest if sign else largest), setting[_EMAX_LSB], flags
    return (-1 if sign else 1), INFINITE, flags


def special(setting: Any, found: int) -> tuple[int, int, int]:
    """The result of NaNs and infinities, and its flag."""
    if found & _NAN != 0:
        return 1, QUIET, NV if found & _INVALID != 0 else 0
    return infinity(setting, 1 if found & _PLUS == 0 else 0, 0)


def special_of_one(significand: int, exponent: int) -> int:
    """What one term adds to the special cases."""
    if exponent < INFINITE:
        return 0
    if exponent == INFINITE:
        return _PLUS if significand > 0 else _MINUS
    return _NAN | _INVALID if exponent == SIGNALLING else _NAN


def special_of_product(sa: int, ea: int, sb: int, eb: int) -> int:
    """What a product adds to the special cases; infinity times zero is invalid."""
    found = 0
    if ea >= QUIET or eb >= QUIET:
        found = _NAN
        if SIGNALLING in (ea, eb):
            found |= _INVALID
    elif INFINITE in (ea, eb):
        found = _PLUS if (sa > 0) == (sb > 0) else _MINUS
        if sa == 0 or sb == 0:
            found = _NAN | _INVALID
    return found


def with_both_signs(found: int, is_always_invalid: bool) -> int:
    """Infinities of both signs are invalid; beside a quiet NaN only where asked for."""
    if found & _PLUS != 0 and found & _MINUS != 0 and (is_always_invalid or found & _NAN == 0):
        found |= _NAN | _INVALID
    return found


def add(
    setting: Any, s1: int, e1: int, s2: int, e2: int, width: int, random: int
) -> tuple[int, int, int]:
    """The sum of two numbers, the first of up to `width` bits, rounded as the accumulator is."""
    mode = setting[_ROUNDING]
    if e1 < INFINITE and e2 < INFINITE:
        value, exponent = sum_of_two(s1, e1, s2, e2, width, setting[_PRECISION])
        if value != 0:
            return round_number(setting, value, exponent, 0, mode, random, setting[_STAYS_FINITE])
    return add_with_care(setting, s1, e1, s2, e2)


def add_with_care(setting: Any, s1: int, e1: int, s2: int, e2: int) -> tuple[int, int, int]:
    """The sum of infinities and NaNs, of zeros, and of numbers that cancel."""
    if e1 >= INFINITE or e2 >= INFINITE:
        found = special_of_one(s1, e1) | special_of_one(s2, e2)
        return special(setting, with_both_signs(found, False))
    minus1, minus2 = is_minus(s1, e1), is_minus(s2, e2)
    minus = minus1
    if minus1 != minus2:
        minus = setting[_ROUNDING] == _RDN
    return 0, MINUS_ZERO if minus else 0, 0


def sum_aligned(
    setting: Any, sa: Any, ea: Any, sb: Any, eb: Any, i: int, j: int, n: int, cs: int, ce: int
) -> tuple[int, int]:
    """The sum of a group whose products are aligned to the largest one; c is 0 if it is no term."""
    place = -_FAR
    for k in range(n):
        if sa[i + k] != 0 and sb[j + k] != 0:
            place = max(place, ea[i + k] + eb[j + k])
    if place != -_FAR:
        place += setting[_POINT]
    if cs != 0:
        place = max(place, ce + setting[_PRECISION] - 1)
    if place == -_FAR:
        return 0, 0
    unit = place - setting[_KEPT]
    sticky = 1 if setting[_REDUCTION] == TO_ODD else 0
    total = cut(cs, ce - unit, sticky) if cs != 0 else 0
    for k in range(n):
        s = sa[i + k] * sb[j + k]
        if s != 0:
            total += cut(s, ea[i + k] + eb[j + k] - unit, sticky)
    return total, unit


def cut(significand: int, shift: int, sticky: int) -> int:
    """significand * 2^shift towards zero, or to odd if `sticky` is 1."""
    if shift >= 0:
        return significand << shift
    magnitude = abs(significand)
    if shift < -62:
        kept = sticky
    else:
        kept = magnitude >> -shift
        kept |= sticky if magnitude & ((1 << -shift) - 1) != 0 else 0
    return -kept if significand < 0 else kept


def sum_exactly(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    cs: int,
    ce: int,
    digits: Any,
) -> tuple[int, int]:
    """The exact sum of a group and of c, jammed where it has more than 60 bits."""
    low, top = _FAR, -_FAR
    for k in range(n):
        if sa[i + k] != 0 and sb[j + k] != 0:
            e = ea[i + k] + eb[j + k]
            low = min(low, e)
            top = max(top, e)
    if low != _FAR:
        top += setting[_PRODUCT_BITS]
    if cs != 0:
        low = min(low, ce)
        top = max(top, ce + setting[_PRECISION])
    if low == _FAR:
        return 0, 0
    if top - low > setting[_WINDOW]:
        return sum_widely(setting, sa, ea, sb, eb, i, j, n, cs, ce, digits)
    total = cs << (ce - low) if cs != 0 else 0
    for k in range(n):
        s = sa[i + k] * sb[j + k]
        if s != 0:
            total += s << (ea[i + k] + eb[j + k] - low)
    return total, low


def sum_widely(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    cs: int,
    ce: int,
    digits: Any,
) -> tuple[int, int]:
    """The same in a row of digits that holds all that can occur."""
    for d in range(DIGITS):
        digits[d] = 0
    if cs != 0:
        put(digits, cs, ce - setting[_LOW])
    for k in range(n):
        s = sa[i + k] * sb[j + k]
        if s != 0:
            put(digits, s, ea[i + k] + eb[j + k] - setting[_LOW])
    return taken_together(digits, setting[_LOW])


def put(digits: Any, significand: int, at: int) -> None:
    """Adds significand * 2^at to a row of digits, without carrying.

    The significand has up to 62 bits; its halves of 31 bits are below 2^62 when shifted by 31.
    """
    magnitude = abs(significand)
    sign = -1 if significand < 0 else 1
    for half in range(2):
        part = (magnitude >> (31 * half)) & 0x7FFFFFFF
        place = at + 31 * half
        shifted = part << (place & 31)
        digit = place >> 5
        digits[digit] += sign * (shifted & 0xFFFFFFFF)
        digits[digit + 1] += sign * (shifted >> 32)


def taken_together(digits: Any, low: int) -> tuple[int, int]:
    """A row of digits as a number of 60 bits, jammed."""
    carry = 0
    for d in range(DIGITS):
        digit = digits[d] + carry
        digits[d] = digit & 0xFFFFFFFF
        carry = digit >> 32
    sign = 1
    if carry < 0:
        sign = -1
        carry = 1
        for d in range(DIGITS):
            digit = (digits[d] ^ 0xFFFFFFFF) + carry
            digits[d] = digit & 0xFFFFFFFF
            carry = digit >> 32
    top = DIGITS - 1
    while top >= 0 and digits[top] == 0:
        top -= 1
    if top < 0:
        return 0, 0
    places = 64 - clz64(digits[top])
    # 60 bits from the highest one down: parts of three digits.
    at = 32 * top + places - 60
    value = digits[top] << (60 - places)
    rest = 0
    for d in range(max(top - 2, 0), top):
        shift = 32 * d - at
        if shift >= 0:
            value |= digits[d] << shift
        elif shift > -32:
            value |= digits[d] >> -shift
            rest |= digits[d] & ((1 << -shift) - 1)
        else:
            rest |= digits[d]
    for d in range(top - 2):
        rest |= digits[d]
    return sign * (value | (1 if rest != 0 else 0)), low + at


def sum_by_pairs(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    random: int,
    tree: Any,
) -> tuple[int, int, int]:
    """The balanced tree of rounded sums; a left subtree has half of the terms, rounded up.

    `tree` holds what waits: of each subtree that is open its size, and its left sum once there is
    one. The order is that of the recursion, so that all rounding is the same.
    """
    flags = 0
    depth = 0
    tree[0] = n
    tree[3] = 0
    at = 0
    while True:
        # Down to the leftmost product that is not yet taken.
        while tree[4 * depth] > 1:
            size = tree[4 * depth]
            tree[4 * depth + 4] = (size + 1) >> 1
            tree[4 * depth + 7] = 0
            depth += 1
        found = special_of_product(sa[i + at], ea[i + at], sb[j + at], eb[j + at])
        if found != 0:
            s, e, raised = special(setting, found)
        else:
            product = sa[i + at] * sb[j + at]
            minus = is_minus(sa[i + at], ea[i + at]) != is_minus(sb[j + at], eb[j + at])
            s, e, raised = round_number(
                setting,
                product,
                ea[i + at] + eb[j + at],
                1 if minus else 0,
                setting[_ROUNDING],
                random,
                setting[_STAYS_FINITE],
            )
        flags |= raised
        at += 1
        # Up, as long as it was the right one of two.
        while depth > 0:
            depth -= 1
            if tree[4 * depth + 3] == 0:
                tree[4 * depth + 1], tree[4 * depth + 2] = s, e
                tree[4 * depth + 3] = 1
                tree[4 * depth + 4] = tree[4 * depth] >> 1
                tree[4 * depth + 7] = 0
                depth += 1
                break
            s, e, raised = add(
                setting,
                tree[4 * depth + 1],
                tree[4 * depth + 2],
                s,
                e,
                setting[_PRECISION],
                random,
            )
            flags |= raised
        if at == n:
            return s, e, flags


_MOST_LEVELLED = 64
"""Products whose rounded numbers, of two words each, have room in what kernels get."""


def sum_by_levels(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    random: int,
    level: Any,
) -> tuple[int, int, int]:
    """`sum_by_pairs` of numbers, so many that all subtrees are halves: pairs of neighbours."""
    flags = 0
    for k in range(n):
        product, minus = sa[i + k] * sb[j + k], 0
        if product == 0 and is_minus(sa[i + k], ea[i + k]) != is_minus(sb[j + k], eb[j + k]):
            minus = 1
        s, e, raised = round_number(
            setting,
            product,
            ea[i + k] + eb[j + k] if product != 0 else 0,
            minus,
            setting[_ROUNDING],
            random,
            setting[_STAYS_FINITE],
        )
        level[2 * k], level[2 * k + 1] = s, e
        flags |= raised
    while n > 1:
        n >>= 1
        for k in range(n):
            at = 4 * k
            s, e, raised = add(
                setting,
                level[at],
                level[at + 1],
                level[at + 2],
                level[at + 3],
                setting[_PRECISION],
                random,
            )
            level[2 * k], level[2 * k + 1] = s, e
            flags |= raised
    return level[0], level[1], flags


def special_of_products(sa: Any, ea: Any, sb: Any, eb: Any, i: int, j: int, n: int) -> int:
    """What the products of a group have among them that is no number."""
    found = 0
    for k in range(n):
        found |= special_of_product(sa[i + k], ea[i + k], sb[j + k], eb[j + k])
    return found


def rounded_sum(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    random: int,
    is_tame: int,
    scratch: Any,
) -> tuple[int, int, int]:
    """The sum of a group of n products, rounded to the result format; see `group`.

    Of an exact sum all is told, and it rounds as IEEE 754 does. Of an aligned one neither inexact
    nor underflow, exactly zero is +0, and it overflows in every mode: so does RVBNA.
    """
    if is_tame == 0:
        found = special_of_products(sa, ea, sb, eb, i, j, n)
        if found != 0:
            return special(setting, with_both_signs(found, True))
    mode = setting[_GROUP_ROUNDING]
    if setting[_REDUCTION] == EXACT:
        value, exponent = sum_exactly(setting, sa, ea, sb, eb, i, j, n, 0, 0, scratch)
        sign = sign_of_no_sum(sa, ea, sb, eb, i, j, n, mode) if value == 0 else 0
        return round_number(setting, value, exponent, sign, mode, random, setting[_STAYS_FINITE])
    value, exponent = sum_aligned(setting, sa, ea, sb, eb, i, j, n, 0, 0)
    s, e, flags = round_number(setting, value, exponent, 0, mode, random, 0)
    return s, e, flags & (NV | OF)


def group(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    cs: int,
    ce: int,
    random: int,
    is_tame: int,
    scratch: Any,
) -> tuple[int, int, int]:
    """The accumulator after one more group of n products: (significand, exponent, flags).

    Args:
        setting: the accumulator, see `Setting`.
        sa: significands of the left factors, from `i` on; `ea` their exponents.
        ea: see above.
        sb: of the right ones, from `j` on.
        eb: see above.
        i: see above.
        j: see above.
        n: how many.
        cs: significand of the accumulator; `ce` its exponent.
        ce: see above.
        random: 12 bits for stochastic rounding.
        is_tame: 1 if all factors are numbers.
        scratch: `DIGITS` words and more.
    """
    reduction = setting[_REDUCTION]
    if reduction >= WRAPPING:
        total = cs
        for k in range(n):
            total += sa[i + k] * sb[j + k]
        low, high = setting[_MINIMUM], setting[_MAXIMUM]
        if reduction == SATURATING:
            return min(max(total, low), high), 0, 0
        # Modulo the range, whose size is a power of two.
        return ((total - low) & (high - low)) + low, 0, 0
    if reduction == PAIRWISE:
        if is_tame != 0 and n & (n - 1) == 0 and n <= _MOST_LEVELLED:
            s, e, flags = sum_by_levels(setting, sa, ea, sb, eb, i, j, n, random, scratch)
        else:
            s, e, flags = sum_by_pairs(setting, sa, ea, sb, eb, i, j, n, random, scratch)
        s, e, raised = add(setting, s, e, cs, ce, setting[_PRECISION], random)
        return s, e, flags | raised
    return summed(setting, sa, ea, sb, eb, i, j, n, cs, ce, random, is_tame, scratch)


def summed(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    i: int,
    j: int,
    n: int,
    cs: int,
    ce: int,
    random: int,
    is_tame: int,
    scratch: Any,
) -> tuple[int, int, int]:
    """`group` for exact and for aligned sums, which is what bodies of instructions need of it."""
    reduction = setting[_REDUCTION]
    if setting[_GROUP_ROUNDING] >= 0:
        s, e, flags = rounded_sum(setting, sa, ea, sb, eb, i, j, n, random, is_tame, scratch)
        s, e, raised = add(setting, s, e, cs, ce, setting[_PRECISION], random)
        return s, e, flags | raised
    found = special_of_one(cs, ce)
    if is_tame == 0:
        found |= special_of_products(sa, ea, sb, eb, i, j, n)
    if found != 0:
        return special(setting, with_both_signs(found, False))
    is_fused = setting[_IS_FUSED] != 0 or reduction == EXACT
    ts, te = (cs, ce) if is_fused else (0, 0)
    if reduction == EXACT and n == 1 and is_fused:
        product = sa[i] * sb[j]
        value, exponent = sum_of_two(
            product, ea[i] + eb[j], cs, ce, setting[_PRODUCT_BITS], setting[_PRECISION]
        )
    elif reduction == EXACT:
        value, exponent = sum_exactly(setting, sa, ea, sb, eb, i, j, n, ts, te, scratch)
    else:
        value, exponent = sum_aligned(setting, sa, ea, sb, eb, i, j, n, ts, te)
    if not is_fused:
        return add(setting, value, exponent if value != 0 else 0, cs, ce, 60, random)
    mode = setting[_ROUNDING]
    sign = 0
    if value == 0:
        sign = sign_of_zero(setting, sa, ea, sb, eb, i, j, n, cs, ce)
    return round_number(setting, value, exponent, sign, mode, random, setting[_STAYS_FINITE])


def sign_of_zero(
    setting: Any, sa: Any, ea: Any, sb: Any, eb: Any, i: int, j: int, n: int, cs: int, ce: int
) -> int:
    """The sign of a sum of 0: that of all its terms if they share one, else minus in RDN only."""
    minus = 1 if is_minus(cs, ce) else 0
    for k in range(n):
        product = is_minus(sa[i + k], ea[i + k]) != is_minus(sb[j + k], eb[j + k])
        if (1 if product else 0) != minus:
            return 1 if setting[_ROUNDING] == _RDN else 0
    return minus


def sign_of_no_sum(sa: Any, ea: Any, sb: Any, eb: Any, i: int, j: int, n: int, mode: int) -> int:
    """The sign of products that add up to 0, in the same way."""
    first = is_minus(sa[i], ea[i]) != is_minus(sb[j], eb[j])
    for k in range(1, n):
        if (is_minus(sa[i + k], ea[i + k]) != is_minus(sb[j + k], eb[j + k])) != first:
            return 1 if mode == _RDN else 0
    return 1 if first else 0


def multiply(setting: Any, s1: int, e1: int, s2: int, e2: int, mode: int) -> tuple[int, int, int]:
    """The product of two numbers of the result format, in a rounding mode.

    Where the format has more than 30 significant bits, the second is a power of two.
    """
    found = special_of_product(s1, e1, s2, e2)
    if found != 0:
        return special(setting, found)
    sign = 1 if is_minus(s1, e1) != is_minus(s2, e2) else 0
    if s2 != 0:
        zeros = ctz64(s2)
        s2 >>= zeros
        e2 += zeros
    return round_number(setting, s1 * s2, e1 + e2, sign, mode, 0, setting[_STAYS_FINITE])


def random_bits(seed: int, i: int, j: int, number: int) -> int:
    """12 bits for the group with this number of the product of row i and column j."""
    x = (seed * 0x9E3779B1 + i * 0x85EBCA6B + j * 0xC2B2AE35 + number * 0x27D4EB2F) & 0xFFFFFFFF
    for _ in range(2):
        x ^= x >> 15
        x = (x * 0x2C1B3C6D) & 0xFFFFFFFF
        x ^= x >> 12
        x = (x * 0x297A2D39) & 0xFFFFFFFF
    return (x ^ (x >> 15)) & 0xFFF


def matmul(
    setting: Any,
    sa: Any,
    ea: Any,
    sb: Any,
    eb: Any,
    cs: Any,
    ce: Any,
    flags: Any,
    tame: Any,
    scratch: Any,
    rows: int,
    columns: int,
    depth: int,
    size: int,
    seed: int,
) -> None:
    """C[i, j] += A[i] . B[j] in groups of `size`, all arrays flat; flags are ORed into `flags`."""
    raised = 0
    for i in range(rows):
        for j in range(columns):
            at = i * columns + j
            s, e = cs[at], ce[at]
            is_tame = tame[i] & tame[rows + j]
            for k in range(0, depth, size):
                random = 0
                if seed >= 0:
                    random = random_bits(seed, i, j, k // size)
                s, e, more = group(
                    setting,
                    sa,
                    ea,
                    sb,
                    eb,
                    i * depth + k,
                    j * depth + k,
                    min(size, depth - k),
                    s,
                    e,
                    random,
                    is_tame,
                    scratch,
                )
                raised |= more
            cs[at], ce[at] = s, e
    flags[0] |= raised


SIGNATURE = "void(" + ", ".join(["int64[::1]"] * 10 + ["int64"] * 5) + ")"
