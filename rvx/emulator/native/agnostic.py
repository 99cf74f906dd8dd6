"""Fills agnostic elements with ones behind an instruction, see `rvx.isa.vector.agnostic`."""

from __future__ import annotations

from typing import Any

from rvx.emulator.context import Field
from rvx.emulator.native.pointers import byte_array, int64_array, load_64
from rvx.isa.vector.agnostic import NO_REGISTER, Result
from rvx.isa.vector.state import HEADER, VL, VLENB, VTYPE, shifted

_VECTOR = int(Field.VECTOR)
_GROUP, _MASK, _ONE = int(Result.GROUP), int(Result.MASK), int(Result.ONE)
_PACKED, _BYTES = int(Result.PACKED), int(Result.BYTES)
_TAIL, _INACTIVE = 1 << 6, 1 << 7


def fill_agnostic(context: Any, code: int) -> None:
    """Ones for all elements that the instruction has not written, and that are agnostic."""
    header = int64_array(context[_VECTOR], HEADER)
    vl, vtype, vlenb = header[VL], header[VTYPE], header[VLENB]
    result, vd, other = code & 7, code >> 3 & 31, code >> 8 & 63
    width, fields = code >> 14 & 31, code >> 19
    if vl == 0:
        return
    registers = context[_VECTOR] + 8 * HEADER
    log = vtype >> 3 & 7
    if result == _MASK:
        bits = byte_array(registers + vd * vlenb, vlenb)
        for x in range(8 * vlenb):
            is_off = other != NO_REGISTER and not _bit(registers, other * vlenb * 8 + x)
            if x >= vl or (is_off and vtype & _INACTIVE != 0):
                bits[x >> 3] |= 1 << (x & 7)
        return
    # Bytes of an element, and of a group.
    eew = width - 16 if width >= 16 else log + width - 8
    emul = ((vtype & 7) ^ 4) - 4 + eew - log
    size, room = 1 << eew, shifted(vlenb, max(emul, 0))
    done = vl
    if result == _ONE:
        done, room = 1, vlenb
    elif result == _BYTES:
        size, room, done = 1, vlenb, vl + 7 >> 3
    elif result == _PACKED:
        done = 0
        for x in range(vl):
            done += _bit(registers, other * vlenb * 8 + x)
        other = NO_REGISTER
    for field in range(fields):
        group = byte_array(registers + vd * vlenb + field * room, room)
        if vtype & _TAIL != 0 or result == _BYTES:
            for at in range(done * size, room):
                group[at] = 0xFF
        if other != NO_REGISTER and vtype & _INACTIVE != 0 and result == _GROUP:
            for x in range(vl):
                if not _bit(registers, x):
                    for at in range(x * size, x * size + size):
                        group[at] = 0xFF


def _bit(registers: int, at: int) -> int:
    bit: int = load_64(registers + 8 * (at >> 6)) >> (at & 63) & 1
    return bit
