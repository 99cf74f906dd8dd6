"""vsetvli, vsetivli and vsetvl: how many elements of what width instructions work on.

Source: "V" 1.0, chapter on configuration-setting instructions.
"""

from __future__ import annotations

from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa.vector import Vector
from rvx.isa.vector.setting import configure


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
    return configure(v, avl, rs1_number == 0 and rd_number == 0, rs2, xlen, True)
