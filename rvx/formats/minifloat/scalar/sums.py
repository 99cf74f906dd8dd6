"""Exact sums of two and three terms in one 62-bit window.

A term is a signed significand t and an exponent e: t * 2^e. A sum comes back as (value, exp) with
abs(value) < 2^62, and its last bit jammed (see `pack`) if the exact sum does not fit.
"""

from __future__ import annotations

from rvx.formats.bits import clz64

WINDOW = 60
"""Bits that aligned terms may reach; two or three of them then sum up below 2^62."""
TERM = 24
"""Widest significand in a sum of three: a product of two 11-bit ones, or an FP32 number."""
FAR = -(1 << 20)
"""The exponent of a zero term when terms are sorted: below that of any number."""
REACH3 = WINDOW - TERM


def signed(sign: int, mag: int) -> int:
    """mag, negated if sign is 1."""
    return (mag ^ -sign) + sign


def sum_of_two(t1: int, e1: int, t2: int, e2: int, width1: int, width2: int) -> tuple[int, int]:
    """t1 * 2^e1 + t2 * 2^e2, where abs(t1) < 2^width1 <= 2^60 and t2 likewise."""
    if t1 == 0:
        return t2, e2
    if t2 == 0:
        return t1, e1
    low = min(e1, e2)
    if e1 - low <= WINDOW - width1 and e2 - low <= WINDOW - width2:
        return (t1 << (e1 - low)) + (t2 << (e2 - low)), low
    return _far_sum_of_two(t1, e1, t2, e2)


def _far_sum_of_two(t1: int, e1: int, t2: int, e2: int) -> tuple[int, int]:
    """The sum of two terms that are not zero, jammed.

    Both get their highest bit at 60. Terms of 53 bits end in zeros, so that bits are lost only if
    the exponents differ by more than one, and then the sum keeps at least 59 bits; terms of up to
    60 bits are products of formats of at most 30 bits of precision, for which the same holds.
    """
    places = clz64(abs(t1)) - (63 - WINDOW)
    t1 <<= places
    e1 -= places
    places = clz64(abs(t2)) - (63 - WINDOW)
    t2 <<= places
    e2 -= places
    if e1 < e2:
        t1, e1, t2, e2 = t2, e2, t1, e1
    return add_below(t1, t2, e1 - e2), e1


def add_below(value: int, term: int, count: int) -> int:
    """Value + term / 2^count, jammed, for abs(term) < 2^61 and count >= 0.

    The shift rounds towards minus infinity, so the exact sum lies between the result before
    jamming and the next integer; setting the last bit marks that for either sign.
    """
    count = min(count, 62)
    total = value + (term >> count)
    return total | (1 if term & ((1 << count) - 1) != 0 else 0)


def sum_of_three(t1: int, e1: int, t2: int, e2: int, t3: int, e3: int) -> tuple[int, int]:
    """The sum of three terms of at most 24 bits each."""
    if t2 == 0:
        e2 = e1
    if t1 == 0:
        e1 = e2
    if t3 == 0:
        e3 = e1
    low = min(e1, e2, e3)
    if max(e1, e2, e3) - low <= REACH3:
        return (t1 << (e1 - low)) + (t2 << (e2 - low)) + (t3 << (e3 - low)), low
    return far_sum_of_three(t1, e1, t2, e2, t3, e3)


def far_sum_of_three(t1: int, e1: int, t2: int, e2: int, t3: int, e3: int) -> tuple[int, int]:
    """The sum of three terms of at most 24 bits whose exponents lie far apart, jammed.

    With every term normalised to 24 bits, the exponents sort them by magnitude. Either the larger
    two are summed exactly and the third one is added below, or they lie so far apart that the
    smaller two, together less than 2^-13 of the last place of the largest, can only be felt by
    their sign: rounding to 24 bits looks at 13 bits below that place at most (stochastic rounding
    of a result that lost its leading one).
    """
    t1, e1 = _normalised(t1, e1)
    t2, e2 = _normalised(t2, e2)
    t3, e3 = _normalised(t3, e3)
    if e1 < e2:
        t1, e1, t2, e2 = t2, e2, t1, e1
    if e1 < e3:
        t1, e1, t3, e3 = t3, e3, t1, e1
    if e2 < e3:
        t2, e2, t3, e3 = t3, e3, t2, e2
    apart = e1 - e2
    if apart > REACH3 + 1:
        rest = t2 + t3 if e2 == e3 else t2
        direction = (1 if rest > 0 else 0) - (1 if rest < 0 else 0)
        return (t1 << (REACH3 + 1)) + direction, e1 - REACH3 - 1
    total = (t1 << apart) + t2
    if total == 0:
        return t3, e3
    apart = e2 - e3
    places = max(clz64(abs(total)) - (63 - WINDOW), 0)
    if apart <= places:
        return (total << apart) + t3, e3
    return add_below(total << places, t3, apart - places), e2 - places


def _normalised(t: int, e: int) -> tuple[int, int]:
    if t == 0:
        return 0, FAR
    places = clz64(abs(t)) - (64 - TERM)
    return t << places, e - places
