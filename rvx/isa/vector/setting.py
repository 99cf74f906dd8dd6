"""Setting vtype and vl: what vsetvli, vsetivli and vsetvl have in common.

Source: "V" 1.0, chapter on configuration-setting instructions. Where the manual leaves vl open (AVL
between VLMAX and twice that), it is VLMAX, as on most machines.
"""

from __future__ import annotations

from rvx.isa.bits import less_unsigned
from rvx.isa.vector.state import (
    ALTFMT,
    VL,
    VSTART,
    VTYPE,
    Vector,
    group,
    is_alternative,
    is_ill,
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


def configure(v: Vector, avl: int, keeps: bool, setting: int, xlen: int) -> int:
    """Sets vtype and vl; gives vl.

    Args:
        v: the vector unit.
        avl: how many elements there are to do, read as unsigned; -1 for as many as possible.
        keeps: whether vl stays, which is refused if VLMAX does not.
        setting: what vtype becomes.
        xlen: 32 or 64.
    """
    before = elements_of(v)
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
    else:
        v.config[VTYPE] = (v.config[VTYPE] | -1) << (xlen - 1)
        v.config[VL] = 0
    v.config[VSTART] = 0
    return v.config[VL]
