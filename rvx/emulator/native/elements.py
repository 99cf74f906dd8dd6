"""Counting the elements of vector instructions, where an instruction is performed by its handler.

For every executable halfword there are `COLUMNS` words: elements below vl, those of them that are
active, how many there could have been, and the bytes that a load or a store has moved. What is
counted is said by `rvx.isa.vector.elements`; regions write the same sums in one go.
"""

from __future__ import annotations

from typing import Any

from rvx.emulator.context import Field
from rvx.emulator.native.pointers import byte_array, int64_array, load_64
from rvx.isa.vector import elements
from rvx.isa.vector.state import HEADER, MTYPE, VL, VLENB, VTYPE

COLUMNS = 4
BODY, ACTIVE, CAPACITY, BYTES = 0, 1, 2, 3
_VECTOR, _TABLE, _BASE = int(Field.VECTOR), int(Field.ELEMENTS), int(Field.EXEC_BASE)
_OF_SEW = elements.OF_SEW
_EIGHT = int(elements.Counted.EIGHT)


def active_segments(context: Any, vl: int) -> int:
    """How many of the first vl bits of v0 are set."""
    mask = context[_VECTOR] + 8 * HEADER
    total = 0
    for i in range(vl >> 6):
        total += elements.population(load_64(mask + 8 * i))
    rest = vl & 63
    if rest != 0:
        last = load_64(mask + 8 * (vl >> 6))
        total += elements.population(last & (1 << rest) - 1)
    return total


def active_of_eight(context: Any, number: int) -> int:
    """How many bits of a byte of v0 are set."""
    mask = byte_array(context[_VECTOR] + 8 * HEADER + number, 1)
    return elements.population(mask[0] & 255)


def present_length(context: Any) -> int:
    """vl."""
    length: int = load_64(context[_VECTOR] + 8 * VL)
    return length


def count_elements(context: Any, code: int, pc: int, vl: int, active: int) -> None:
    """Counts the elements of an instruction that has been performed.

    Args:
        context: the machine's words.
        code: see `rvx.isa.vector.elements.Elements.code`.
        pc: its address.
        vl: as it was before.
        active: of a masked one, how many bits of v0 were set then.
    """
    header = int64_array(context[_VECTOR], HEADER)
    after, vtype, vlenb = header[VL], header[VTYPE], header[VLENB]
    counted, number = code & 15, code >> 16
    total = elements.body(counted, number, after, vtype, vlenb, header[MTYPE])
    done = total
    if code & 16 != 0:
        # A load that stops at a fault makes vl smaller; it cannot have changed v0.
        if after != vl:
            active = active_segments(context, after)
        done = active * number
        if counted == _EIGHT:
            done = after * active_of_eight(context, number)
    size = code >> 5 & 31
    if size == _OF_SEW:
        size = 1 << (vtype >> 3 & 7)
    row = int64_array(context[_TABLE] + ((pc - context[_BASE]) >> 1) * 8 * COLUMNS, COLUMNS)
    row[BODY] += total
    row[ACTIVE] += done
    row[CAPACITY] += elements.capacity(counted, number, vtype, vlenb)
    row[BYTES] += done * size
