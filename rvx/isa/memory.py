"""Guest memory as instruction bodies see it: one host mapping with bounds.

A body that asks for `mem` gets a `Memory`. An access outside of the mapping, or a store to memory
that may not be written, changes nothing, returns 0 and notes the fault; the emulator then stops the
guest at this instruction. The functions are kernels: they run interpreted and compiled alike.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

from rvx.isa.bits import Words

FAULT_NONE = 0
FAULT_LOAD = 1
FAULT_STORE = 2
FAULT_MISUSE = 3
"""Not a bad access: `rvx.isa.misuse` says what it is."""
FAULT_EXCEPTION = 4
"""Not a bad access: the body raised an exception."""
FAULT_ILLEGAL = 9
"""Not a bad access: the instruction is illegal in the present state, such as under a vtype."""
FAULT_ROUNDING = 5
"""Not a bad access: frm holds no rounding mode, but the value that stands for the address."""
FAULT_MISALIGNED_FETCH = 6
"""A jump to an address that is no multiple of what instructions begin at."""
FAULT_MISALIGNED_LOAD = 7
FAULT_MISALIGNED_STORE = 8
"""An access that has to be aligned, and is not; atomics other than lr count as stores."""

BASE, SIZE, ADDRESS_MASK = 0, 1, 2
FAULT_KIND, FAULT_ADDRESS, FAULT_SIZE, CODE_WRITTEN = 0, 1, 2, 3
FAULT_WORDS = 4

ACCESS_ADDRESS, ACCESS_KIND, ACCESS_VALUE, ACCESS_WORDS = 0, 1, 2, 3
"""Of an access in `Memory.log`: its address, twice its bytes plus 1 for a store, the value."""

PAGE_SHIFT = 12
READABLE, WRITABLE, EXECUTABLE = 1, 2, 4


class Memory(NamedTuple):
    """The mapping that loads and stores of instruction bodies go to.

    Attributes:
        ram: bytes of the mapping, shape (size,).
        pages: what may be done with each page of 4096 bytes, shape (size / 4096,).
        bounds: int64[3]: guest address of the first byte, size in bytes, and the bits of an
            address that count (registers of RV32 arrive sign-extended).
        fault: int64[4]: kind (`FAULT_*`), guest address and size in bytes of the first bad
            access; then 1 if a store went to an executable page.
        log: where accesses are written down while somebody traces, else empty: the position behind
            the last one, then `ACCESS_WORDS` for each.
    """

    ram: Words
    pages: Words
    bounds: Words
    fault: Words
    log: Words = array("q")


def _offset(mem: Memory, address: int, size: int) -> int:
    offset = address - mem.bounds[BASE] & mem.bounds[ADDRESS_MASK]
    if offset < 0 or offset > mem.bounds[SIZE] - size:
        return _note(mem, FAULT_LOAD, address, size)
    if not mem.pages[offset >> PAGE_SHIFT] & mem.pages[offset + size - 1 >> PAGE_SHIFT] & READABLE:
        return _note(mem, FAULT_LOAD, address, size)
    return offset


def store_offset(mem: Memory, address: int, size: int) -> int:
    """Where a store goes within the mapping; -1, with the fault noted, if it may not."""
    offset = address - mem.bounds[BASE] & mem.bounds[ADDRESS_MASK]
    if offset < 0 or offset > mem.bounds[SIZE] - size:
        return _note(mem, FAULT_STORE, address, size)
    first, last = mem.pages[offset >> PAGE_SHIFT], mem.pages[offset + size - 1 >> PAGE_SHIFT]
    if not first & last & WRITABLE:
        return _note(mem, FAULT_STORE, address, size)
    if (first | last) & EXECUTABLE:
        mem.fault[CODE_WRITTEN] = 1
    return offset


def _note(mem: Memory, kind: int, address: int, size: int) -> int:
    if mem.fault[FAULT_KIND] == FAULT_NONE:
        mem.fault[FAULT_KIND] = kind
        mem.fault[FAULT_ADDRESS] = address & mem.bounds[ADDRESS_MASK]
        mem.fault[FAULT_SIZE] = size
    return -1


def is_aligned(mem: Memory, kind: int, address: int, size: int) -> bool:
    """Whether the address is a multiple of the size, a power of two; else notes the fault."""
    if address & (size - 1) == 0:
        return True
    _note(mem, kind, address, size)
    return False


def _byte(mem: Memory, at: int) -> int:
    # The mask makes an int64 of the byte: compiled code would go on in uint64 otherwise.
    return mem.ram[at] & 0xFF


def _log(mem: Memory, kind: int, address: int, value: int) -> None:
    # Compiled, an empty log is a constant, so that all of this is gone where nobody traces.
    if len(mem.log) != 0:
        at = mem.log[0]
        mem.log[at + ACCESS_ADDRESS] = address & mem.bounds[ADDRESS_MASK]
        mem.log[at + ACCESS_KIND] = kind
        mem.log[at + ACCESS_VALUE] = value
        mem.log[0] = at + ACCESS_WORDS


def _two_bytes(mem: Memory, at: int) -> int:
    return _byte(mem, at) | _byte(mem, at + 1) << 8


def _four_bytes(mem: Memory, at: int) -> int:
    return _two_bytes(mem, at) | _byte(mem, at + 2) << 16 | _byte(mem, at + 3) << 24


def _put_four_bytes(mem: Memory, at: int, value: int) -> None:
    mem.ram[at] = value & 0xFF
    mem.ram[at + 1] = value >> 8 & 0xFF
    mem.ram[at + 2] = value >> 16 & 0xFF
    mem.ram[at + 3] = value >> 24 & 0xFF


def load_u8(mem: Memory, address: int) -> int:
    """One byte, zero-extended."""
    at = _offset(mem, address, 1)
    if at < 0:
        return 0
    value = _byte(mem, at)
    _log(mem, 2, address, value)
    return value


def load_u16(mem: Memory, address: int) -> int:
    """Two bytes, little-endian, zero-extended."""
    at = _offset(mem, address, 2)
    if at < 0:
        return 0
    value = _two_bytes(mem, at)
    _log(mem, 4, address, value)
    return value


def load_u32(mem: Memory, address: int) -> int:
    """Four bytes, little-endian, zero-extended."""
    at = _offset(mem, address, 4)
    if at < 0:
        return 0
    value = _four_bytes(mem, at)
    _log(mem, 8, address, value)
    return value


def load_s8(mem: Memory, address: int) -> int:
    """One byte, sign-extended."""
    return (load_u8(mem, address) ^ 0x80) - 0x80


def load_s16(mem: Memory, address: int) -> int:
    """Two bytes, sign-extended."""
    return (load_u16(mem, address) ^ 0x8000) - 0x8000


def load_s32(mem: Memory, address: int) -> int:
    """Four bytes, sign-extended."""
    return (load_u32(mem, address) ^ 0x80000000) - 0x80000000


def load_64(mem: Memory, address: int) -> int:
    """Eight bytes, as the int64 with these bits."""
    at = _offset(mem, address, 8)
    if at < 0:
        return 0
    high = (_four_bytes(mem, at + 4) ^ 0x80000000) - 0x80000000
    value = high << 32 | _four_bytes(mem, at)
    _log(mem, 16, address, value)
    return value


def store_8(mem: Memory, address: int, value: int) -> None:
    """The low byte of the value."""
    at = store_offset(mem, address, 1)
    if at >= 0:
        mem.ram[at] = value & 0xFF
        _log(mem, 3, address, value & 0xFF)


def store_16(mem: Memory, address: int, value: int) -> None:
    """The low two bytes of the value, little-endian."""
    at = store_offset(mem, address, 2)
    if at >= 0:
        mem.ram[at] = value & 0xFF
        mem.ram[at + 1] = value >> 8 & 0xFF
        _log(mem, 5, address, value & 0xFFFF)


def store_32(mem: Memory, address: int, value: int) -> None:
    """The low four bytes of the value, little-endian."""
    at = store_offset(mem, address, 4)
    if at >= 0:
        _put_four_bytes(mem, at, value)
        _log(mem, 9, address, value & 0xFFFFFFFF)


def store_64(mem: Memory, address: int, value: int) -> None:
    """All eight bytes of the value, little-endian."""
    at = store_offset(mem, address, 8)
    if at >= 0:
        _put_four_bytes(mem, at, value)
        _put_four_bytes(mem, at + 4, value >> 32)
        _log(mem, 17, address, value)
