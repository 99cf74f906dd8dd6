"""The reference: accumulators on fractions, in the words of their declarations.

Slow and plain on purpose. It shares the decoding and the rounding of single numbers with the other
references, and no code with the kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rvx.formats.dot.accumulator import (
    Accumulator,
    Aligned,
    Element,
    Exact,
    Pairwise,
    Register,
    Wrapping,
)
from rvx.formats.integer import exact as integer
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.exact import Datum, Kind, decode, round_to
from rvx.formats.minifloat.exact.arithmetic import multiplied
from rvx.formats.minifloat.exact.core import exponent, infinite, nan
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV, OF, Rounding
from rvx.records import dataclass, replace


@dataclass(frozen=True)
class Factor:
    """A factor, with its scale.

    Attributes:
        datum: the number.
        place: the exponent that it is aligned by; that of a subnormal is the smallest normal one.
    """

    datum: Datum
    place: int = 0


Pair = tuple[Factor, Factor]


@dataclass(frozen=True)
class Outcome:
    """A sum, and the exception flags on the way."""

    code: int
    flags: int


def dot(
    acc: Accumulator,
    a: Sequence[int],
    b: Sequence[int],
    start: int = 0,
    a_scales: Sequence[int] = (),
    b_scales: Sequence[int] = (),
    randoms: Sequence[int] = (),
) -> Outcome:
    """The sum of the products of codes, added to the code `start`.

    Args:
        acc: how.
        a: codes of the left format.
        b: codes of the right one, as many.
        start: code of the accumulator.
        a_scales: an exponent of two for each of the left numbers, that of its block; none for 0.
        b_scales: likewise.
        randoms: for stochastic rounding, 12 bits for each group.
    """
    size = acc.group_of(len(a))
    flags = 0
    for number, first in enumerate(range(0, len(a), size)):
        part = slice(first, first + size)
        pairs = list(
            zip(
                _data(acc.left, a[part], a_scales[part]),
                _data(acc.right, b[part], b_scales[part]),
                strict=True,
            )
        )
        random = randoms[number] if randoms else 0
        start, raised = step(acc, pairs, start, random)
        flags |= raised
    return Outcome(start, flags)


def step(acc: Accumulator, pairs: list[Pair], start: int, random: int = 0) -> tuple[int, int]:
    """One group: the accumulator afterwards, and the flags."""
    if isinstance(acc.reduction, Wrapping):
        return _integers(acc, pairs, start)
    assert isinstance(acc.result, Minifloat)
    rm = acc.rounding | random << 3 if acc.rounding is Rounding.RSR else int(acc.rounding)
    old = decode(acc.result, start)
    if acc.is_fused:
        return _rounded(acc, _sum(acc, pairs, [old]), [*pairs], [old], rm)
    if isinstance(acc.reduction, Pairwise):
        group, flags = _tree(acc, pairs, rm)
    elif acc.group_rounding is not None:
        group, flags = _group(acc, pairs, random)
    else:
        # Added as it is: the one rounding is that of the accumulator.
        special, flags = _special(acc, pairs, [old])
        if special is not None:
            return special, flags
        value = _sum(acc, pairs, [])
        terms = [Datum(value < 0, Kind.FINITE, abs(value)), old]
        return _rounded(acc, value + old.value, [], terms, rm)
    code, raised = _added(acc, group, old, rm)
    return code, flags | raised


def _group(acc: Accumulator, pairs: list[Pair], random: int) -> tuple[Datum, int]:
    """The rounded sum of a group.

    Of an aligned one, exactly zero is +0, and overflow is an infinity in all modes.
    """
    assert isinstance(acc.result, Minifloat)
    special, flags = _special(acc, pairs, [])
    if special is not None:
        return decode(acc.result, special), flags
    value = _sum(acc, pairs, [])
    mode = acc.group_rounding
    rm = Rounding.RSR | random << 3 if mode is Rounding.RSR else int(mode or 0)
    if isinstance(acc.reduction, Exact):
        code, flags = _rounded(acc, value, pairs, [], rm)
        return decode(acc.result, code), flags
    code, flags = _round(acc, value, value < 0, rm, stays_finite=False)
    # Neither inexact nor underflow: only what is beyond the format is told.
    return decode(acc.result, code), flags & (NV | OF)


def _tree(acc: Accumulator, pairs: list[Pair], rm: int) -> tuple[Datum, int]:
    assert isinstance(acc.result, Minifloat)
    if len(pairs) == 1:
        ((a, b),) = pairs
        special, flags = _special(acc, pairs, [])
        if special is not None:
            return decode(acc.result, special), flags
        product = multiplied(a.datum, b.datum)
        code, flags = _round(acc, product.value, product.is_negative, rm, acc.stays_finite)
        return decode(acc.result, code), flags
    half = (len(pairs) + 1) // 2
    left, flags = _tree(acc, pairs[:half], rm)
    right, raised = _tree(acc, pairs[half:], rm)
    code, last = _added(acc, left, right, rm)
    return decode(acc.result, code), flags | raised | last


def _sum(acc: Accumulator, pairs: list[Pair], addends: list[Datum]) -> Fraction:
    """What the reduction makes of finite terms."""
    data = [x.datum for pair in pairs for x in pair] + addends
    if any(x.kind is not Kind.FINITE for x in data):
        return Fraction(0)
    values: list[tuple[Fraction, int | None]] = []
    for a, b in pairs:
        is_zero = a.datum.is_zero or b.datum.is_zero
        product = multiplied(a.datum, b.datum).value
        values.append((product, None if is_zero else a.place + b.place))
    assert isinstance(acc.result, Minifloat)
    for x in addends:
        at = None if x.is_zero else max(exponent(x.magnitude), acc.result.emin)
        values.append((x.value, at))
    if isinstance(acc.reduction, Exact):
        return sum((value for value, _ in values), Fraction(0))
    assert isinstance(acc.reduction, Aligned)
    places = [at for _, at in values if at is not None]
    if not places:
        return Fraction(0)
    unit = Fraction(2) ** (max(places) - acc.kept)
    return sum((_cut(value, unit, acc.reduction.is_sticky) for value, _ in values), Fraction(0))


def _cut(value: Fraction, unit: Fraction, is_sticky: bool) -> Fraction:
    """A multiple of the unit, towards zero, or to odd."""
    steps, rest = divmod(abs(value), unit)
    if rest and is_sticky and steps % 2 == 0:
        steps += 1
    return (-1 if value < 0 else 1) * steps * unit


def _special(acc: Accumulator, pairs: list[Pair], addends: list[Datum]) -> tuple[int | None, int]:
    """What NaNs and infinities lead to, None without; and whether that is invalid."""
    assert isinstance(acc.result, Minifloat)
    data = [(a.datum, b.datum) for a, b in pairs]
    operands = [x for pair in data for x in pair] + addends
    is_invalid = any(x.kind is Kind.SIGNALLING for x in operands)
    is_nan = any(x.is_nan for x in operands)
    signs = {x.is_negative for x in addends if x.is_infinite}
    for a, b in data:
        if a.is_infinite or b.is_infinite:
            if a.is_zero or b.is_zero:
                is_invalid = is_nan = True
            elif not (a.is_nan or b.is_nan):
                signs.add(a.is_negative != b.is_negative)
    if len(signs) == 2 and (acc.group_rounding is not None or not is_nan):
        # RVBNA raises NV for infinities of both signs even beside a quiet NaN.
        is_invalid = is_nan = True
    if is_nan:
        return nan(acc.result, NV if is_invalid else 0)
    if signs:
        return infinite(acc.result, signs.pop(), overflow=acc.overflow)
    return None, 0


def _rounded(
    acc: Accumulator, value: Fraction, pairs: list[Pair], addends: list[Datum], rm: int
) -> tuple[int, int]:
    special, flags = _special(acc, pairs, addends)
    if special is not None:
        return special, flags
    is_negative = value < 0
    if value == 0:
        signs = {a.datum.is_negative != b.datum.is_negative for a, b in pairs}
        signs |= {x.is_negative for x in addends}
        is_negative = signs.pop() if len(signs) == 1 else rm & 7 == Rounding.RDN
    return _round(acc, value, is_negative, rm, acc.stays_finite)


def _added(acc: Accumulator, x: Datum, y: Datum, rm: int) -> tuple[int, int]:
    total = x.value + y.value
    return _rounded(acc, total, [], [x, y], rm)


def _round(
    acc: Accumulator, value: Fraction, is_negative: bool, rm: int, stays_finite: bool
) -> tuple[int, int]:
    assert isinstance(acc.result, Minifloat)
    code, flags = round_to(acc.result, abs(value), is_negative, rm, acc.overflow)
    if flags & OF and not stays_finite:
        return infinite(acc.result, is_negative, flags, acc.overflow)
    return code, flags


def _integers(acc: Accumulator, pairs: list[Pair], start: int) -> tuple[int, int]:
    assert isinstance(acc.reduction, Wrapping)
    assert isinstance(acc.result, Register)
    bits = acc.result.bits
    old = integer.wrap(start, bits) if acc.result.signed else start
    total = old + int(sum((a.datum.value * b.datum.value for a, b in pairs), Fraction(0)))
    if acc.reduction.saturates:
        total = integer.clip(total, acc.result.minimum, acc.result.maximum)
    return total % (1 << bits), 0


def _data(fmt: Element, codes: Sequence[int], scales: Sequence[int]) -> list[Factor]:
    data = []
    for i, code in enumerate(codes):
        if isinstance(fmt, Integer):
            value = Fraction(integer.wrap(code, fmt.bits) if fmt.signed else code)
            datum = Datum(value < 0, Kind.FINITE, abs(value))
        else:
            datum = decode(fmt, code)
        scale = scales[i] if scales else 0
        place = 0
        if isinstance(fmt, Minifloat) and datum.kind is Kind.FINITE and not datum.is_zero:
            place = max(exponent(datum.magnitude), fmt.emin) + scale
        if scale and datum.kind is Kind.FINITE:
            datum = replace(datum, magnitude=datum.magnitude * Fraction(2) ** scale)
        data.append(Factor(datum, place))
    return data
