"""The table of integers by which the kernels tell accumulators apart."""

from __future__ import annotations

from rvx.formats.dot import step
from rvx.formats.dot.accumulator import (
    Accumulator,
    Aligned,
    Exact,
    Pairwise,
    Register,
    Wrapping,
)
from rvx.formats.dot.step import Setting
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow

WIDEST_SCALE = 127
"""Largest exponent of a scale, as of E8M0."""
_WINDOW = 60
_OVERFLOWS = {
    Overflow.INFINITY: step.OVER_INFINITY,
    Overflow.NAN: step.OVER_NAN,
    Overflow.SATURATE: step.OVER_LARGEST,
}


def result_words(fmt: Minifloat, overflow: Overflow | None = None) -> dict[Setting, int]:
    """What the kernels know of the result format."""
    return {
        Setting.PRECISION: fmt.precision,
        Setting.LSB_MIN: fmt.lsb_min,
        Setting.EMAX_LSB: fmt.emax - fmt.m,
        Setting.MAX_SIGNIFICAND: fmt.max_finite & (1 << fmt.m) - 1 | 1 << fmt.m,
        Setting.OVERFLOW: _OVERFLOWS[fmt.overflow_policy(overflow)],
    }


def setting_of(acc: Accumulator, size: int) -> tuple[int, ...]:
    """What the kernels know of an accumulator, in the places of `Setting`.

    Args:
        acc: the accumulator.
        size: products of a group.
    """
    made = [0] * Setting.END
    made[Setting.PRODUCT_BITS] = acc.product_bits
    made[Setting.WINDOW] = _WINDOW - (size + 1).bit_length()
    made[Setting.GROUP_ROUNDING] = -1 if acc.group_rounding is None else int(acc.group_rounding)
    made[Setting.ROUNDING] = int(acc.rounding)
    made[Setting.STAYS_FINITE] = int(acc.stays_finite)
    made[Setting.IS_FUSED] = int(acc.is_fused)
    match acc.reduction:
        case Exact():
            made[Setting.REDUCTION] = step.EXACT
        case Aligned(is_sticky=is_sticky):
            made[Setting.REDUCTION] = step.TO_ODD if is_sticky else step.TRUNCATED
            made[Setting.KEPT] = acc.kept
        case Pairwise():
            made[Setting.REDUCTION] = step.PAIRWISE
        case Wrapping(saturates=saturates):
            made[Setting.REDUCTION] = step.SATURATING if saturates else step.WRAPPING
    if isinstance(acc.result, Register):
        made[Setting.MINIMUM], made[Setting.MAXIMUM] = acc.result.minimum, acc.result.maximum
        return tuple(made)
    fmt = acc.result
    assert isinstance(acc.left, Minifloat)
    assert isinstance(acc.right, Minifloat)
    for at, word in result_words(fmt, acc.overflow).items():
        made[at] = word
    made[Setting.POINT] = acc.left.m + acc.right.m
    lowest = acc.left.lsb_min + acc.right.lsb_min - 2 * WIDEST_SCALE
    made[Setting.LOW] = min(lowest, fmt.lsb_min)
    return tuple(made)
