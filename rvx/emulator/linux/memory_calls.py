"""System calls on memory."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from rvx.emulator.linux.descriptors import HostFile
from rvx.emulator.linux.process import CallError, Process
from rvx.isa.memory import EXECUTABLE, PAGE_SHIFT, READABLE, WRITABLE

PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 1, 2, 0x10, 0x20
MAP_FIXED_NOREPLACE = 0x100000
MAY_MOVE, FIXED = 1, 2
_KIND = 3
MADV_DONTNEED, MADV_FREE = 4, 8
_PIECE = 1 << 20
Arguments = Sequence[int]


def _permissions(protection: int) -> int:
    """What pages may do; those that may be written or executed may be read, as on all hosts."""
    found = READABLE if protection & (PROT_READ | PROT_WRITE | PROT_EXEC) else 0
    found |= WRITABLE if protection & PROT_WRITE else 0
    return found | (EXECUTABLE if protection & PROT_EXEC else 0)


def brk(process: Process, arguments: Arguments) -> int:
    """Arguments: address."""
    return process.space.set_break(arguments[0])


def mmap(process: Process, arguments: Arguments) -> int:
    """Arguments: address, size, protection, flags, fd, offset; for RV32 the offset is in pages."""
    address, size, protection, flags = arguments[:4]
    if not size or flags & _KIND not in (MAP_SHARED, MAP_PRIVATE):
        raise CallError(errno.EINVAL)
    file = None
    offset = arguments[5] << (PAGE_SHIFT if process.xlen == 32 else 0)
    if not flags & MAP_ANONYMOUS:
        file = process.descriptors[process.signed(arguments[4], 32)]
        if not isinstance(file, HostFile):
            raise CallError(errno.ENODEV)
        mode = file.flags & os.O_ACCMODE
        is_changing = flags & _KIND == MAP_SHARED and protection & PROT_WRITE
        if mode == os.O_WRONLY or (is_changing and mode != os.O_RDWR):
            raise CallError(errno.EACCES)
        if is_changing and file.flags & os.O_APPEND:
            process.note("a file to whose end everything is written cannot be shared: mmap fails")
            raise CallError(errno.EACCES)
        if offset % (1 << PAGE_SHIFT):
            raise CallError(errno.EINVAL)
    if protection & PROT_EXEC:
        process.note("memory for code of the program's own making is not there: mmap fails")
        raise CallError(errno.EACCES)
    space, wished = process.space, address
    if not flags & (MAP_FIXED | MAP_FIXED_NOREPLACE):
        wished = address >> PAGE_SHIFT << PAGE_SHIFT  # It may lie within a page: it is a wish.
    is_free = space.is_free(wished, wished + size)
    if flags & MAP_FIXED_NOREPLACE and not is_free:
        raise CallError(errno.EEXIST)
    is_there = is_free or flags & MAP_FIXED
    at = space.map(size, _permissions(protection), wished if is_there else None)
    if file is not None:
        base = process.memory.base
        for done in range(0, size, _PIECE):
            data = file.read_at(min(_PIECE, size - done), offset + done)
            to = at - base + done
            process.memory.view[to : to + len(data)] = data
            if len(data) < _PIECE:
                break
    end = at + -(-size // (1 << PAGE_SHIFT) << PAGE_SHIFT)
    process.shared.forget(at, end)
    if isinstance(file, HostFile) and flags & _KIND == MAP_SHARED:
        process.shared.add(at, size, file, offset)
    return at


def munmap(process: Process, arguments: Arguments) -> int:
    """Arguments: address, size."""
    address, size = arguments[:2]
    process.space.unmap(address, size)
    process.shared.forget(address, address + -(-size // (1 << PAGE_SHIFT) << PAGE_SHIFT))
    return 0


def mremap(process: Process, arguments: Arguments) -> int:
    """Arguments: address, old size, new size, flags, new address."""
    if process.shared.overlap(arguments[0], arguments[0] + arguments[1]):
        raise CallError(errno.ENOMEM)
    may_move = bool(arguments[3] & MAY_MOVE)
    if arguments[3] & FIXED:
        if not may_move:
            raise CallError(errno.EINVAL)
        return process.space.move(arguments[0], arguments[1], arguments[2], arguments[4])
    return process.space.resize(arguments[0], arguments[1], arguments[2], may_move)


def mprotect(process: Process, arguments: Arguments) -> int:
    """Arguments: address, size, protection."""
    address, size, protection = arguments[:3]
    if protection & PROT_EXEC and not process.memory.can(address, max(size, 1), EXECUTABLE):
        process.note("memory for code of the program's own making is not there: mprotect fails")
        raise CallError(errno.EACCES)
    process.space.protect(address, size, _permissions(protection))
    return 0


def madvise(process: Process, arguments: Arguments) -> int:
    """Arguments: address, size, advice: of all advice, only to forget a mapping is seen."""
    address, size, advice = arguments[:3]
    if address % (1 << PAGE_SHIFT):
        raise CallError(errno.EINVAL)
    memory = process.memory
    if not memory.base <= address <= address + size <= memory.base + memory.ram.size:
        raise CallError(errno.ENOMEM)
    if advice == MADV_DONTNEED and address >= memory.heap:
        memory.clear(address, min(address + size, memory.end))
    return 0


def mincore(process: Process, arguments: Arguments) -> int:
    """Arguments: address, size, a byte for each page: what is mapped is in memory."""
    address, size, to = arguments[:3]
    page = 1 << PAGE_SHIFT
    if address % page:
        raise CallError(errno.EINVAL)
    pages = -(-size // page)
    if not process.space.is_mapped(address, address + pages * page):
        raise CallError(errno.ENOMEM)
    process.write(to, b"\1" * pages)
    return 0


def nothing_to_do(process: Process, arguments: Arguments) -> int:
    """msync, mlock, munlock: memory of one process that is never swapped out."""
    return 0
