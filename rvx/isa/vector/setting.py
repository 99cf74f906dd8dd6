"""Setting vtype and vl: what vsetvli, vsetivli and vsetvl have in common.

Source: "V" 1.0, chapter on configuration-setting instructions. Where the manual leaves vl open (AVL
between VLMAX and twice that), it is VLMAX, as on most machines.
"""

from __future__ import annotations

from rvx.isa.bits import less_unsigned
from rvx.isa.vector.state import (
    ALTFMT,
    MTYPE,
    VL,
    VSTART,
    VTYPE,
    Vector,
    group,
    is_alternative,
    is_ill,
    log_width,
    most_elements,
    width,
)

KNOWN_BITS = 0xFF
"""Bits of vtype that always mean something; a setting with any but these and altfmt is refused."""


def elements_of(v: Vector) -> int:
    """VLMAX; 0 while vtype is ill."""
    if is_ill(v):
        return 0
    return most_elements(v)


SHAPE_BITS = 6
"""Bits of vtype below vill that say what a tile is (Zvvm): three of lambda, of bs, and of the
formats of both factors."""


def has_lambda(v: Vector, code: int) -> bool:
    """Whether lambda may be the number that the field `code` stands for, under the present SEW.

    The square of lambda divides the elements of a register, and the quotient is 1 to 16.
    """
    if code == 0 or v.lambdas >> (code - 1) & 1 == 0:
        return False
    left = v.vlenb >> log_width(v) >> 2 * (code - 1)
    return 1 <= left <= 16 and v.vlenb >> log_width(v) == left << 2 * (code - 1)


def chosen_lambda(v: Vector, asked: int, before: int) -> int:
    """The field of lambda after a write: what is asked for, or the next one that there is.

    Args:
        v: the vector unit, under its new SEW.
        asked: the field that is written; 0 leaves lambda as it is, if that is possible.
        before: the field as it was.
    """
    wanted = before if asked == 0 else asked
    if has_lambda(v, wanted):
        return wanted
    largest, below, smallest = 0, 0, 0
    for code in range(1, 8):
        if has_lambda(v, code):
            largest = code
            if smallest == 0:
                smallest = code
            if code <= asked:
                below = code
    if asked == 0:
        return largest
    return below if below != 0 else smallest


def configure(
    v: Vector, avl: int, keeps: bool, setting: int, xlen: int, is_whole: bool = False
) -> int:
    """Sets vtype and vl; gives vl.

    Args:
        v: the vector unit.
        avl: how many elements there are to do, read as unsigned; -1 for as many as possible.
        keeps: whether vl stays, which is refused if VLMAX does not.
        setting: what vtype becomes.
        xlen: 32 or 64.
        is_whole: whether the setting is all of vtype, as vsetvl has it.
    """
    before = elements_of(v)
    at, shape, lam = xlen - 1 - SHAPE_BITS, 0, 0
    if v.lambdas != 0:
        if not is_ill(v):
            shape = v.config[VTYPE] >> at & 63
            lam = shape >> 3
        if is_whole:
            shape = setting >> at & 63
            setting &= (63 << at) ^ -1
        else:
            shape &= 7
    v.config[MTYPE] = 0
    v.config[VTYPE] = setting
    known = (setting & (KNOWN_BITS | ALTFMT)) == setting and setting & 7 != 4
    if known and is_alternative(v):
        known = width(v) & v.alternatives != 0
    if known:
        widest = v.elen
        if group(v) < 0:
            widest = v.elen >> -group(v)
        known = width(v) <= widest and (not keeps or most_elements(v) == before)
    if known:
        most = most_elements(v)
        if not keeps:
            v.config[VL] = avl if less_unsigned(avl, most) else most
        if v.lambdas != 0:
            shape = chosen_lambda(v, shape >> 3, lam) << 3 | shape & 7
            v.config[VTYPE] = setting | shape << at
    else:
        v.config[VTYPE] = (v.config[VTYPE] | -1) << (xlen - 1)
        v.config[VL] = 0
    v.config[VSTART] = 0
    return v.config[VL]
