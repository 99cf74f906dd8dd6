"""Conversions of the reference: between formats, and to and from integers."""

from __future__ import annotations

from fractions import Fraction

from rvx.formats.minifloat.exact.core import (
    Kind,
    Result,
    decode,
    infinite,
    nan,
    round_to,
    round_to_multiple,
)
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV, NX, Overflow


def convert(
    src: Minifloat, dst: Minifloat, a: int, rm: int, overflow: Overflow | None = None
) -> Result:
    """The number of one format in another. A NaN becomes the canonical one."""
    x = decode(src, a)
    if x.is_nan:
        return nan(dst, NV if x.kind is Kind.SIGNALLING else 0)
    if x.is_infinite:
        return infinite(dst, x.is_negative, overflow=overflow)
    return round_to(dst, x.magnitude, x.is_negative, rm, overflow)


def to_integer(fmt: Minifloat, a: int, rm: int, width: int, is_signed: bool) -> Result:
    """The integer of `width` bits that a number rounds to, as a Python int.

    Out of range gives the nearest bound, and a NaN the upper one; both raise NV and nothing else
    (RISC-V F, table of the domain of float-to-integer conversions).
    """
    low = -(1 << (width - 1)) if is_signed else 0
    high = (1 << (width - is_signed)) - 1
    x = decode(fmt, a)
    if x.is_nan:
        return high, NV
    if x.is_infinite:
        return (low if x.is_negative else high), NV
    steps = round_to_multiple(x.magnitude, 0, x.is_negative, rm)
    rounded = -steps if x.is_negative else steps
    if not low <= rounded <= high:
        return (low if x.is_negative else high), NV
    return rounded, 0 if steps == x.magnitude else NX


def from_integer(fmt: Minifloat, value: int, rm: int, overflow: Overflow | None = None) -> Result:
    """The number of a format that an integer rounds to; 0 becomes +0."""
    return round_to(fmt, Fraction(abs(value)), value < 0, rm, overflow)
