"""Comparison, minimum, maximum, sign transfer and classification of the reference."""

from __future__ import annotations

from rvx.formats.minifloat.exact.core import Datum, Kind, Result, decode, nan
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV


def is_less(x: Datum, y: Datum) -> bool:
    """Whether x < y, for two data that are not NaN."""
    if x.is_infinite or y.is_infinite:
        rank_x = (-1 if x.is_negative else 1) if x.is_infinite else 0
        rank_y = (-1 if y.is_negative else 1) if y.is_infinite else 0
        return rank_x < rank_y
    return x.value < y.value


def eq(fmt: Minifloat, a: int, b: int) -> Result:
    """Whether a = b (1 or 0). Quiet: only a signalling NaN is invalid."""
    x, y = decode(fmt, a), decode(fmt, b)
    if x.is_nan or y.is_nan:
        return 0, NV if Kind.SIGNALLING in (x.kind, y.kind) else 0
    return int(not is_less(x, y) and not is_less(y, x)), 0


def lt(fmt: Minifloat, a: int, b: int) -> Result:
    """Whether a < b (1 or 0). Signalling: any NaN is invalid."""
    x, y = decode(fmt, a), decode(fmt, b)
    if x.is_nan or y.is_nan:
        return 0, NV
    return int(is_less(x, y)), 0


def le(fmt: Minifloat, a: int, b: int) -> Result:
    """Whether a <= b (1 or 0). Signalling: any NaN is invalid."""
    x, y = decode(fmt, a), decode(fmt, b)
    if x.is_nan or y.is_nan:
        return 0, NV
    return int(not is_less(y, x)), 0


def minimum(fmt: Minifloat, a: int, b: int) -> Result:
    """IEEE 754-2019 minimumNumber as RISC-V F 2.2 has it: -0 < +0, and a number beats a NaN."""
    return _extreme(fmt, a, b, wants_less=True)


def maximum(fmt: Minifloat, a: int, b: int) -> Result:
    """IEEE 754-2019 maximumNumber, the counterpart of `minimum`."""
    return _extreme(fmt, a, b, wants_less=False)


def _extreme(fmt: Minifloat, a: int, b: int, wants_less: bool) -> Result:
    x, y = decode(fmt, a), decode(fmt, b)
    flags = NV if Kind.SIGNALLING in (x.kind, y.kind) else 0
    if x.is_nan and y.is_nan:
        return nan(fmt, flags)
    if x.is_nan or y.is_nan:
        return (b if x.is_nan else a), flags
    is_a_less = is_less(x, y) or (x.is_zero and y.is_zero and x.is_negative)
    return (a if is_a_less == wants_less else b), flags


def copy_sign(fmt: Minifloat, a: int, b: int) -> int:
    """The magnitude of a with the sign of b (`fsgnj`); touches bits only, and raises nothing."""
    return (a & fmt.magnitude_mask) | (b & fmt.sign_mask)


def copy_negated_sign(fmt: Minifloat, a: int, b: int) -> int:
    """The magnitude of a with the opposite of the sign of b (`fsgnjn`)."""
    return copy_sign(fmt, a, b ^ fmt.sign_mask)


def xor_signs(fmt: Minifloat, a: int, b: int) -> int:
    """a, negated if b is negative (`fsgnjx`)."""
    return copy_sign(fmt, a, a ^ b)


def classify(fmt: Minifloat, a: int) -> int:
    """The ten-bit mask of `fclass` (RISC-V F, table of FCLASS)."""
    x = decode(fmt, a)
    if x.kind is Kind.SIGNALLING:
        return 1 << 8
    if x.kind is Kind.QUIET:
        return 1 << 9
    if x.is_infinite:
        place = 0
    elif x.is_zero:
        place = 3
    else:
        place = 1 if a & fmt.magnitude_mask >= fmt.min_normal else 2
    return 1 << (place if x.is_negative else 7 - place)
