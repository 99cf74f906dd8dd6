"""Accumulators that are chosen while an instruction runs: formats by number, settings as words.

The bodies of matrix instructions find formats, groups and rounding in registers of the machine. So
what they call is made once for all of them: formats are rows of a table, and the setting of an
accumulator is filled in before the products, from the same facts as `setting_of` has them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from rvx.formats.dot.scalar import make_code, make_parts
from rvx.formats.dot.setting import WIDEST_SCALE, result_words
from rvx.formats.dot.step import DIGITS, EXACT, TO_ODD, Setting
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.format import Minifloat

FORMATS: Final = (E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32, FP64)
OF_E2M1, OF_E4M3, OF_E5M2, OF_FP16, OF_BF16, OF_FP32, OF_FP64 = range(len(FORMATS))
"""Numbers of the formats. All NaNs of 8 bits are quiet, and the one that is made is 0x7f."""

WORDS = int(Setting.END) + DIGITS + 4 * 64
"""Words that a setting takes, with what its kernels need beside it."""
SCRATCH = int(Setting.END)
"""Where the latter begins."""


class Column(IntEnum):
    """Columns of the table of formats."""

    M = 0
    BIAS = 1
    PRECISION = 2
    LSB_MIN = 3
    EMAX_LSB = 4
    MAX_SIGNIFICAND = 5
    OVERFLOW = 6
    END = 7


def _row(fmt: Minifloat) -> tuple[int, ...]:
    """What a setting is made of."""
    return (fmt.m, fmt.bias, *result_words(fmt).values())


TABLE: Final = tuple(word for fmt in FORMATS for word in _row(fmt))
"""All rows, one behind the other."""
_END = Column.END + 0
_M, _BIAS = Column.M + 0, Column.BIAS + 0
_PRECISION, _LSB_MIN = Column.PRECISION + 0, Column.LSB_MIN + 0
_EMAX_LSB, _MAX_SIGNIFICAND = Column.EMAX_LSB + 0, Column.MAX_SIGNIFICAND + 0
_OVERFLOW = Column.OVERFLOW + 0

_parts_0, _parts_1, _parts_2, _parts_3, _parts_4, _parts_5, _parts_6 = (
    make_parts(fmt, has_signalling=fmt.bits > 8) for fmt in FORMATS
)
_code_0, _code_1, _code_2, _code_3, _code_4, _code_5, _code_6 = (
    make_code(fmt, 0x7F if fmt.bits == 8 else 0) for fmt in FORMATS
)


def unpack(fmt: int, code: int) -> tuple[int, int]:
    """Signed significand and exponent of a code, see `rvx.formats.dot.step`."""
    if fmt == 5:
        return _parts_5(code & 0xFFFFFFFF)
    if fmt == 4:
        return _parts_4(code & 0xFFFF)
    if fmt == 3:
        return _parts_3(code & 0xFFFF)
    if fmt == 2:
        return _parts_2(code & 0xFF)
    if fmt == 1:
        return _parts_1(code & 0xFF)
    if fmt == 0:
        return _parts_0(code & 0xF)
    return _parts_6(code)


def pack(fmt: int, significand: int, exponent: int) -> int:
    """The code of a number of the format; the inverse of `unpack`."""
    if fmt == 5:
        return _code_5(significand, exponent)
    if fmt == 4:
        return _code_4(significand, exponent)
    if fmt == 3:
        return _code_3(significand, exponent)
    if fmt == 2:
        return _code_2(significand, exponent)
    if fmt == 1:
        return _code_1(significand, exponent)
    if fmt == 0:
        return _code_0(significand, exponent)
    return _code_6(significand, exponent)


def choose(setting: Any, left: int, right: int, result: int, mode: int) -> None:
    """Fills the setting of exact sums of one product and the accumulator, rounded once.

    Args:
        setting: at least `WORDS` words.
        left: number of the left factors' format.
        right: of the right ones'.
        result: of the accumulator.
        mode: rounding of the accumulator.
    """
    p = TABLE[_END * left + _M] + TABLE[_END * right + _M]
    setting[Setting.PRODUCT_BITS + 0] = p + 2
    setting[Setting.POINT + 0] = p
    setting[Setting.PRECISION + 0] = TABLE[_END * result + _PRECISION]
    setting[Setting.LSB_MIN + 0] = TABLE[_END * result + _LSB_MIN]
    setting[Setting.EMAX_LSB + 0] = TABLE[_END * result + _EMAX_LSB]
    setting[Setting.MAX_SIGNIFICAND + 0] = TABLE[_END * result + _MAX_SIGNIFICAND]
    setting[Setting.OVERFLOW + 0] = TABLE[_END * result + _OVERFLOW]
    low = 2 - TABLE[_END * left + _BIAS] - TABLE[_END * right + _BIAS] - p - 2 * WIDEST_SCALE
    setting[Setting.LOW + 0] = min(low, TABLE[_END * result + _LSB_MIN] | 0)
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
