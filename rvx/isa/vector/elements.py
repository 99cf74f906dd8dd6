"""How many elements a vector instruction works on, and what it does with each: what is counted.

The elements of an instruction are those below vl; some of them may be masked off. Its capacity is
VLMAX, so that active elements over capacity say how much of the vector length is used. With
segments each field is an element. What does not depend on vl has as many as it is encoded with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from rvx.isa.bits import shift_right_logical
from rvx.isa.decoded import Decoded
from rvx.isa.vector.plan import Access, changes_of, moves_of, plan_of
from rvx.isa.vector.state import shifted


class Counted(IntEnum):
    """How elements are counted."""

    NOTHING = 0  # no vector instruction, or one that sets vl
    BODY = 1  # vl elements, of which those that are masked off do nothing
    BYTES = 2  # bytes of a mask of vl bits
    ONE = 3  # element 0
    REGISTERS = 4  # so many registers, as elements of SEW
    FIXED = 5  # so many elements


@dataclass(frozen=True)
class Elements:
    """The elements of an instruction.

    Attributes:
        counted: how they are counted.
        number: of `BODY`, fields of a segment; of `REGISTERS` and `FIXED`, how many.
        is_masked: whether v0 says which are active.
        size: of a load or a store, bytes of an element; `OF_SEW` if that is SEW / 8, else 0.
    """

    counted: Counted
    number: int = 1
    is_masked: bool = False
    size: int = 0

    @property
    def code(self) -> int:
        """All of it as one number, 0 if nothing is counted."""
        if self.counted == Counted.NOTHING:
            return 0
        return int(self.counted) | int(self.is_masked) << 4 | self.size << 5 | self.number << 16


OF_SEW = 16
NONE = Elements(Counted.NOTHING)
_WHOLE_MOVE = re.compile(r"vmv([1248])r\.v")
_ONE = ("vmv.x.s", "vmv.s.x", "vfmv.f.s", "vfmv.s.f")
_BYTES, _FIRST, _REGISTERS, _FIXED = (
    int(Counted.BYTES),
    int(Counted.ONE),
    int(Counted.REGISTERS),
    int(Counted.FIXED),
)


def elements_of(decoded: Decoded, vlen: int) -> Elements:
    """The elements of a decoded word.

    Args:
        decoded: the word.
        vlen: bits of a vector register.
    """
    made, values = decoded.instruction, decoded.values
    if "v" not in made.requests or made.mnemonic.startswith("vset") or changes_of(made.body):
        return NONE
    plan = plan_of(made.body)
    is_masked = values.get("vm", 1) == 0
    if isinstance(plan, Access):
        size = plan.eew // 8 or OF_SEW
        if plan.pattern == "mask":
            return Elements(Counted.BYTES, size=1)
        if plan.pattern == "whole":
            return Elements(Counted.FIXED, plan.fields * vlen // (plan.eew or 8), size=size)
        return Elements(Counted.BODY, plan.fields, is_masked, size)
    eew = moves_of(made.body)
    if eew is not None:
        return Elements(Counted.BODY, 1, is_masked, eew // 8 or OF_SEW)
    if moved := _WHOLE_MOVE.fullmatch(made.mnemonic):
        return Elements(Counted.REGISTERS, int(moved[1]))
    if made.mnemonic in _ONE:
        return Elements(Counted.ONE)
    return Elements(Counted.BODY, 1, is_masked)


def body(counted: int, number: int, vl: int, vtype: int, vlenb: int) -> int:
    """How many elements there are, all fields of a segment."""
    if counted == _BYTES:
        return vl + 7 >> 3
    if counted == _FIRST:
        return min(vl, 1)
    if counted == _REGISTERS:
        return number * vlenb >> (vtype >> 3 & 7)
    if counted == _FIXED:
        return number
    return vl * number


def capacity(counted: int, number: int, vtype: int, vlenb: int) -> int:
    """How many there could be."""
    if counted in (_FIRST, _REGISTERS, _FIXED):
        return body(counted, number, 1, vtype, vlenb)
    most = shifted(vlenb, ((vtype & 7) ^ 4) - 4 - (vtype >> 3 & 7))
    return body(counted, number, most, vtype, vlenb)


def population(bits: int) -> int:
    """How many of 64 bits are set."""
    pairs = bits - (shift_right_logical(bits, 1) & 0x5555555555555555)
    nibbles = (pairs & 0x3333333333333333) + (shift_right_logical(pairs, 2) & 0x3333333333333333)
    total = nibbles + shift_right_logical(nibbles, 4) & 0x0F0F0F0F0F0F0F0F
    return shift_right_logical(total * 0x0101010101010101, 56)
