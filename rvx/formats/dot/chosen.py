"""Accumulators that are chosen while an instruction runs: formats by number, settings as words.

The bodies of matrix instructions find formats, groups and rounding in registers of the machine. So
what they call is made once for all of them: formats are rows of a table, and the setting of an
accumulator is filled in before the products, from the same facts as `setting_of` has them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

import numpy as np

from rvx.formats.dot.setting import WIDEST_SCALE, result_words
from rvx.formats.dot.step import (
    DIGITS,
    EXACT,
    INFINITE,
    MINUS_ZERO,
    QUIET,
    SIGNALLING,
    TO_ODD,
    Setting,
)
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.format import Minifloat

FORMATS: Final = (E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32, FP64)
_, OF_E4M3, OF_E5M2, OF_FP16, OF_BF16, OF_FP32, _ = range(len(FORMATS))
"""Numbers of the formats. All NaNs of 8 bits are quiet, and the one that is made is 0x7f."""

WORDS = int(Setting.END) + DIGITS + 4 * 64
"""Words that a setting takes, with what its kernels need beside it."""
SCRATCH = int(Setting.END)
"""Where the latter begins."""


class Column(IntEnum):
    """Columns of the table of formats."""

    BITS = 0
    M = 1
    TOP = 2  # the largest exponent field
    BIAS = 3
    HAS_INFINITY = 4
    HAS_NAN = 5
    HAS_SIGNALLING = 6
    NAN = 7
    INFINITY = 8
    PRECISION = 9
    LSB_MIN = 10
    EMAX_LSB = 11
    MAX_SIGNIFICAND = 12
    OVERFLOW = 13
    END = 14


def _row(fmt: Minifloat) -> list[int]:
    """What the kernels know of a format."""
    result = result_words(fmt).values()
    nan = 0x7F if fmt.bits == 8 else fmt.nan or 0
    flags = [fmt.has_infinity, fmt.has_nan, fmt.has_infinity and fmt.bits > 8]
    return [fmt.bits, fmt.m, (1 << fmt.e) - 1, fmt.bias, *flags, nan, fmt.infinity or 0, *result]


TABLE: Any = np.array([_row(fmt) for fmt in FORMATS], np.int64)
_BITS, _M, _TOP, _BIAS = Column.BITS + 0, Column.M + 0, Column.TOP + 0, Column.BIAS + 0
_HAS_INFINITY, _HAS_NAN = Column.HAS_INFINITY + 0, Column.HAS_NAN + 0
_HAS_SIGNALLING, _NAN, _INFINITY = Column.HAS_SIGNALLING + 0, Column.NAN + 0, Column.INFINITY + 0
_PRECISION, _LSB_MIN = Column.PRECISION + 0, Column.LSB_MIN + 0
_EMAX_LSB, _MAX_SIGNIFICAND = Column.EMAX_LSB + 0, Column.MAX_SIGNIFICAND + 0
_OVERFLOW = Column.OVERFLOW + 0


def unpack(fmt: int, code: int) -> tuple[int, int]:
    """Signed significand and exponent of a code, see `rvx.formats.dot.step`."""
    m, top = TABLE[fmt, _M], TABLE[fmt, _TOP]
    fraction = code & ((1 << m) - 1)
    field = code >> m & top
    is_minus = code >> (TABLE[fmt, _BITS] - 1) & 1 != 0
    if field == top and TABLE[fmt, _HAS_NAN] != 0:
        if TABLE[fmt, _HAS_INFINITY] != 0:
            if fraction == 0:
                return (-1 if is_minus else 1), INFINITE
            if TABLE[fmt, _HAS_SIGNALLING] != 0 and fraction >> (m - 1) == 0:
                return 1, SIGNALLING
            return 1, QUIET
        if fraction == (1 << m) - 1:
            return 1, QUIET
    if field == 0:
        if fraction == 0:
            return 0, MINUS_ZERO if is_minus else 0
        field = 1
    else:
        fraction |= 1 << m
    return (-fraction if is_minus else fraction), field - TABLE[fmt, _BIAS] - m


def pack(fmt: int, significand: int, exponent: int) -> int:
    """The code of a number of the format; the inverse of `unpack`."""
    if exponent >= QUIET:
        nan: int = TABLE[fmt, _NAN] | 0
        return nan
    m = TABLE[fmt, _M]
    magnitude = abs(significand)
    made: int = magnitude & ((1 << m) - 1)
    if magnitude >> m != 0:
        made |= (exponent + TABLE[fmt, _BIAS] + m) << m
    if exponent == INFINITE:
        made = TABLE[fmt, _INFINITY] | 0
    if significand < 0 or (significand == 0 and exponent == MINUS_ZERO):
        made |= 1 << (TABLE[fmt, _BITS] - 1)
    return made


def choose(setting: Any, left: int, right: int, result: int, mode: int) -> None:
    """Fills the setting of exact sums of one product and the accumulator, rounded once.

    Args:
        setting: at least `WORDS` words.
        left: number of the left factors' format.
        right: of the right ones'.
        result: of the accumulator.
        mode: rounding of the accumulator.
    """
    p = TABLE[left, _M] + TABLE[right, _M]
    setting[Setting.PRODUCT_BITS + 0] = p + 2
    setting[Setting.POINT + 0] = p
    setting[Setting.PRECISION + 0] = TABLE[result, _PRECISION]
    setting[Setting.LSB_MIN + 0] = TABLE[result, _LSB_MIN]
    setting[Setting.EMAX_LSB + 0] = TABLE[result, _EMAX_LSB]
    setting[Setting.MAX_SIGNIFICAND + 0] = TABLE[result, _MAX_SIGNIFICAND]
    setting[Setting.OVERFLOW + 0] = TABLE[result, _OVERFLOW]
    low = 2 - TABLE[left, _BIAS] - TABLE[right, _BIAS] - p - 2 * WIDEST_SCALE
    setting[Setting.LOW + 0] = min(low, TABLE[result, _LSB_MIN] | 0)
    setting[Setting.ROUNDING + 0] = mode
    setting[Setting.STAYS_FINITE + 0] = 1
    setting[Setting.GROUP_ROUNDING + 0] = -1
    setting[Setting.REDUCTION + 0] = EXACT
    setting[Setting.IS_FUSED + 0] = 0
    in_groups(setting, 1)


def in_groups(setting: Any, size: int) -> None:
    """Says how many products a group has at the most."""
    bits = 0
    while size >> bits != 0:
        bits += 1
    setting[Setting.WINDOW + 0] = 60 - bits - 1
    # Those of bulk normalisation: as many guard bits as the number of products has, less one.
    guard = bits - 1
    if size & (size - 1) != 0:
        guard += 1
    setting[Setting.KEPT + 0] = setting[Setting.PRECISION + 0] - 1 + guard


def normalise(setting: Any) -> None:
    """Makes the sums of groups those of bulk normalisation."""
    setting[Setting.REDUCTION + 0] = TO_ODD


def round_groups(setting: Any, mode: int) -> None:
    """Says how the sum of a group is rounded before it is added."""
    setting[Setting.GROUP_ROUNDING + 0] = mode
