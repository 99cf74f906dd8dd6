"""Arithmetic of elements: what interpreted and compiled element functions share.

Elements of integers arrive as int64, sign-extended, whatever SEW; what a function gives is cut off
to the width of the result. `unsigned` gives the number that the bits are without a sign; of 64 bits
that is the int64 with these bits, whose order `less_unsigned` knows.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.isa.bits import Words, shift_right_logical
from rvx.isa.vector.state import VCSR


def unsigned(a: int, sew: int) -> int:
    """The bits of an element, zeros above them."""
    return a & shift_right_logical(a | -1, 64 - sew)


def signed(a: int, sew: int) -> int:
    """The low bits of a value as an element of that width, sign-extended."""
    return (a << (64 - sew)) >> (64 - sew)


def largest(sew: int) -> int:
    """The largest signed element."""
    return (1 << (sew - 2)) - 1 + (1 << (sew - 2))


def saturate(flags: Words) -> None:
    """Notes in vxsat that a result did not fit."""
    flags[VCSR] |= 1


def make_signed(sew: int) -> Callable[[int], int]:
    """A function that gives the low bits of a scalar as an element."""

    def scalar(value: int) -> int:
        return signed(value, sew)

    return scalar


def rounding_increment(value: int, by: int, mode: int) -> int:
    """What is added to `value >> by` to round it: 0 or 1.

    Args:
        value: read bit by bit, so its sign does not matter.
        by: 0 to 63.
        mode: vxrm.
    """
    if by == 0:
        return 0
    half = value >> (by - 1) & 1
    below = value & ((1 << (by - 1)) - 1)
    least = value >> by & 1
    if mode == 0:
        return half
    if mode == 1:
        return half & (1 if below != 0 or least != 0 else 0)
    if mode == 2:
        return 0
    return (least ^ 1) & (1 if half != 0 or below != 0 else 0)
