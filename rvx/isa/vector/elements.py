"""How many elements a vector instruction works on, and what it does with each: what is counted.

The elements of an instruction are those below vl; some of them may be masked off. Its capacity is
VLMAX, so that active elements over capacity say how much of the vector length is used. With
segments each field is an element. What does not depend on vl has as many as it is encoded with.

Of an instruction that multiplies matrices, or one vector with several, every product of two numbers
is an element, so that a multiply-accumulate is one, too; its capacity is that of the largest shape
that vtype allows.
"""

from __future__ import annotations

from enum import IntEnum

from rvx.isa.bits import shift_right_logical
from rvx.isa.decoded import Decoded
from rvx.isa.vector.plan import Access, changes_of, moves_of, plan_of, products_of
from rvx.isa.vector.state import shifted
from rvx.isa.vector.unit import VectorUnit
from rvx.records import dataclass, replace
from rvx.regex import regex


class Counted(IntEnum):
    """How elements are counted."""

    NOTHING = 0  # no vector instruction, or one that sets vl
    BODY = 1  # vl elements, of which those that are masked off do nothing
    BYTES = 2  # bytes of a mask of vl bits
    ONE = 3  # element 0
    REGISTERS = 4  # so many registers, as elements of SEW
    FIXED = 5  # so many elements
    EIGHT = 6  # products of one vector with eight, of which v0 masks eight at a time
    MATRIX = 7  # products of two matrices in vector registers, in a shape that lambda says
    TILE = 8  # products into a tile: tm rows, vl columns, sums of tk


@dataclass(frozen=True)
class Elements:
    """The elements of an instruction.

    Attributes:
        counted: how they are counted.
        number: of `BODY`, fields of a segment; of `REGISTERS` and `FIXED`, how many; of `EIGHT`,
            which byte of v0 says which products are done; of `MATRIX`, see `shape_number`; of
            `TILE`, rows and columns of a tile of elements of 8 bits.
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

    def under(self, vtype: int, vlenb: int) -> Elements:
        """The same under a known vtype: so many times vl, where nothing else counts."""
        if self.counted in (Counted.EIGHT, Counted.MATRIX):
            each = body(int(self.counted), self.number, 1, vtype, vlenb, 0)
            return replace(self, counted=Counted.BODY, number=each)
        return self


OF_SEW = 16
NONE = Elements(Counted.NOTHING)
_WHOLE_MOVE = regex(r"vmv([1248])r\.v")
_ONE = ("vmv.x.s", "vmv.s.x", "vfmv.f.s", "vfmv.s.f")
_BYTES, _FIRST, _REGISTERS, _FIXED = (
    int(Counted.BYTES),
    int(Counted.ONE),
    int(Counted.REGISTERS),
    int(Counted.FIXED),
)
_EIGHT, _MATRIX, _TILE = int(Counted.EIGHT), int(Counted.MATRIX), int(Counted.TILE)
_LAMBDA = 4
"""The lowest bit of lambda in vtype is so many bits below XLEN (Zvvm)."""


def shape_number(log_w: int, xlen: int) -> int:
    """The number of `MATRIX`.

    Args:
        log_w: binary logarithm of the elements of a factor in the place of one of SEW.
        xlen: 32 or 64, which says where in vtype lambda is.
    """
    return log_w | xlen - _LAMBDA << 8


def elements_of(decoded: Decoded, unit: VectorUnit, xlen: int) -> Elements:
    """The elements of a decoded word.

    Args:
        decoded: the word.
        unit: the machine's vector unit.
        xlen: 32 or 64.
    """
    made, values = decoded.instruction, decoded.values
    if "v" not in made.requests or made.mnemonic.startswith("vset") or changes_of(made.body):
        return NONE
    plan = plan_of(made.body)
    is_masked = values.get("vm", 1) == 0
    if products := products_of(made.body):
        name, number = products(values, unit, xlen)
        return Elements(Counted[name], number, is_masked)
    if isinstance(plan, Access):
        size = plan.eew // 8 or OF_SEW
        if plan.pattern == "mask":
            return Elements(Counted.BYTES, size=1)
        if plan.pattern == "whole":
            return Elements(Counted.FIXED, plan.fields * unit.vlen // (plan.eew or 8), size=size)
        return Elements(Counted.BODY, plan.fields, is_masked, size)
    eew = moves_of(made.body)
    if eew is not None:
        return Elements(Counted.BODY, 1, is_masked, eew // 8 or OF_SEW)
    if moved := _WHOLE_MOVE.fullmatch(made.mnemonic):
        return Elements(Counted.REGISTERS, int(moved[1]))
    if made.mnemonic in _ONE:
        return Elements(Counted.ONE)
    return Elements(Counted.BODY, 1, is_masked)


def body(counted: int, number: int, vl: int, vtype: int, vlenb: int, mtype: int) -> int:
    """How many elements there are, all fields of a segment."""
    if counted == _BYTES:
        return vl + 7 >> 3
    if counted == _FIRST:
        return min(vl, 1)
    if counted == _REGISTERS:
        return number * vlenb >> (vtype >> 3 & 7)
    if counted == _FIXED:
        return number
    if counted == _EIGHT:
        return vl * 8
    if counted == _MATRIX:
        # M N K: VLEN / (SEW lambda) rows, vl / (lambda LMUL) columns, sums of lambda W LMUL.
        lam = (vtype >> (number >> 8) & 7) - 1
        return (vl << (number & 255)) * shifted(vlenb, -(vtype >> 3 & 7) - lam)
    if counted == _TILE:
        return vl * (mtype >> 10 & 0x3FFF) * (mtype >> 5 & 7)
    return vl * number


def capacity(counted: int, number: int, vtype: int, vlenb: int) -> int:
    """How many there could be."""
    if counted in (_FIRST, _REGISTERS, _FIXED):
        return body(counted, number, 1, vtype, vlenb, 0)
    most = shifted(vlenb, ((vtype & 7) ^ 4) - 4 - (vtype >> 3 & 7))
    if counted == _TILE:
        # Tiles of 64-bit sums have half the edge; sums are of 4, 2 or 1 products.
        edge = min(most, number >> 1 if vtype >> 3 & 7 == 3 else number)
        return edge * edge * max(4 >> (vtype >> 3 & 7), 1)
    return body(counted, number, most, vtype, vlenb, 0)


def population(bits: int) -> int:
    """How many of 64 bits are set."""
    pairs = bits - (shift_right_logical(bits, 1) & 0x5555555555555555)
    nibbles = (pairs & 0x3333333333333333) + (shift_right_logical(pairs, 2) & 0x3333333333333333)
    total = nibbles + shift_right_logical(nibbles, 4) & 0x0F0F0F0F0F0F0F0F
    return shift_right_logical(total * 0x0101010101010101, 56)
