"""vsetvli, vsetivli and vsetvl: how many elements of what width instructions work on.

Source: "V" 1.0, chapter on configuration-setting instructions. Where the manual leaves vl open (AVL
between VLMAX and twice that), it is VLMAX, as on most machines.
"""

from __future__ import annotations

from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa.bits import less_unsigned
from rvx.isa.vector import Vector
from rvx.isa.vector.state import VL, VSTART, VTYPE, group, is_ill, most_elements, width

KNOWN_BITS = 0xFF
"""Bits of vtype that mean something; a setting with any other is refused."""


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
    known = (setting & KNOWN_BITS) == setting and setting & 7 != 4
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


@Zve32x.instruction("vsetvli rd, rs1, vtype", "0 vtype[10:0] rs1 111 rd 1010111", kind="vector")
def vsetvli(rs1_number: int, rd_number: int, rs1: int, vtype: int, v: Vector, xlen: int) -> int:
    """vl = rd = the smaller of rs1 and VLMAX under vtype; VLMAX for x0, the old vl for both x0."""
    avl = -1 if rs1_number == 0 else rs1
    return configure(v, avl, rs1_number == 0 and rd_number == 0, vtype, xlen)


@Zve32x.instruction(
    "vsetivli rd, avl:u, vtype", "11 vtype[9:0] avl[4:0] 111 rd 1010111", kind="vector"
)
def vsetivli(avl: int, vtype: int, v: Vector, xlen: int) -> int:
    """vl = rd = the smaller of avl and VLMAX under vtype."""
    return configure(v, avl, False, vtype, xlen)


@Zve32x.instruction("vsetvl rd, rs1, rs2", "1000000 rs2 rs1 111 rd 1010111", kind="vector")
def vsetvl(rs1_number: int, rd_number: int, rs1: int, rs2: int, v: Vector, xlen: int) -> int:
    """vl = rd = the smaller of rs1 and VLMAX under vtype = rs2; VLMAX for x0, vl for both x0."""
    avl = -1 if rs1_number == 0 else rs1
    return configure(v, avl, rs1_number == 0 and rd_number == 0, rs2, xlen)
