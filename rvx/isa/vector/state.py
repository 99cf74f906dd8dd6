"""The vector unit as bodies see it: the registers as typed elements, vl, vtype and the rest.

A body that asks for `v` gets a `Vector`. A register group is one run of bytes, so element x of EEW
bits in the group at register r is element `r * VLEN / EEW + x` of the array of that width: whatever
the grouping, an instruction is a loop over consecutive elements of an array.

Source: The RISC-V Instruction Set Manual, Volume I, "V" Standard Extension for Vector Operations,
version 1.0.
"""

from __future__ import annotations

from typing import NamedTuple

from rvx.isa.bits import Words
from rvx.isa.memory import FAULT_ADDRESS, FAULT_ILLEGAL, FAULT_KIND, FAULT_NONE

STATE = "vector"
"""Name of the state that holds it all: `HEADER` words, then the registers."""
HEADER = 8
CONVERTED_HALVES = 1
"""Beside the widths of floats: halves, which are converted and no more (Zvfhmin)."""
VL, VTYPE, VSTART, VCSR, VLENB, MTYPE = 0, 1, 2, 3, 4, 5
"""Words of the header. VCSR holds vxsat in bit 0 and vxrm in bits 2 and 1; MTYPE is that of Zvt."""
ALTFMT = 1 << 8
"""Bit of vtype that chooses another format for some operands, such as BF16 instead of binary16."""


class Vector(NamedTuple):
    """The vector unit.

    Attributes:
        e8: all registers as elements of 8 bits, int8[32 * VLEN / 8].
        e16: the same bytes as elements of 16 bits.
        e32: as elements of 32 bits.
        e64: as elements of 64 bits.
        config: int64[8]: vl, vtype, vstart, vcsr, vlenb and mtype, see `VL` and so on.
        vlenb: bytes of a register.
        elen: bits of the widest element.
        floats: the widths of elements that may be floats, as a sum such as 16 + 32 + 64, and
            `CONVERTED_HALVES`.
        alternatives: the SEW under which vtype may have altfmt set, as a sum such as 8 + 16.
        lambdas: the values of lambda that vtype may hold, likewise; 0 if it has no such field.
    """

    e8: Words
    e16: Words
    e32: Words
    e64: Words
    config: Words
    vlenb: int
    elen: int
    floats: int
    alternatives: int
    lambdas: int


def is_ill(v: Vector) -> bool:
    """Whether vtype holds no setting, so that what depends on it is illegal."""
    return v.config[VTYPE] < 0


def is_ready(v: Vector) -> bool:
    """Whether instructions other than loads, stores and settings are legal at all.

    They never leave a vstart other than 0, so they may refuse to begin anywhere else, as Spike
    does.
    """
    return v.config[VTYPE] >= 0 and v.config[VSTART] == 0


def is_alternative(v: Vector) -> bool:
    """Whether altfmt is set."""
    return v.config[VTYPE] & ALTFMT != 0


def log_width(v: Vector) -> int:
    """The binary logarithm of SEW / 8."""
    return v.config[VTYPE] >> 3 & 7


def width(v: Vector) -> int:
    """SEW, in bits."""
    return 8 << log_width(v)


def group(v: Vector) -> int:
    """The binary logarithm of LMUL, -3 to 3."""
    return ((v.config[VTYPE] & 7) ^ 4) - 4


def most_elements(v: Vector) -> int:
    """VLMAX, the elements of a register group."""
    return shifted(v.vlenb, group(v) - log_width(v))


def shifted(value: int, by: int) -> int:
    """The value times two to the power `by`, rounded down."""
    if by < 0:
        return value >> -by
    return value << by


def rounding(v: Vector) -> int:
    """vxrm, the rounding of fixed-point instructions: 0 to nearest up, 1 even, 2 down, 3 odd."""
    return v.config[VCSR] >> 1 & 3


def is_active(v: Vector, x: int) -> int:
    """Bit x of v0."""
    return v.e8[x >> 3] >> (x & 7) & 1


def refuse(fault: Words) -> None:
    """Notes that the instruction is illegal in the present state."""
    if fault[FAULT_KIND] == FAULT_NONE:
        fault[FAULT_KIND] = FAULT_ILLEGAL
        fault[FAULT_ADDRESS] = 0
