"""Memory that is shared with files: what either has new is exchanged at system calls.

The guest's memory stays the run's own, so that no file of the host that becomes shorter can end it.
Nobody else is in the process: so a program sees a difference only if it maps a file twice and makes
no call on files between a store in one place and a load in the other.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.linux.descriptors import HostFile
from rvx.emulator.memory import PAGE, GuestMemory
from rvx.isa.bits import Address
from rvx.records import dataclass

EXCHANGING = frozenset(
    """
    read write readv writev pread64 pwrite64 preadv pwritev sendfile copy_file_range truncate
    ftruncate fallocate close msync fsync fdatasync mmap munmap mremap exit exit_group
    """.split()
)
"""Calls before and behind which memory and files are made alike."""


@dataclass
class _Shared:
    """A mapping.

    Attributes:
        begin: where it begins.
        file: the file, which is this one's own.
        offset: where in the file that is.
        known: what both had when they were last alike: whole pages.
    """

    begin: Address
    file: HostFile
    offset: int
    known: NDArray[np.uint8]

    def __del__(self) -> None:
        self.file.close()

    @property
    def end(self) -> Address:
        """The address behind it."""
        return self.begin + self.known.size


class SharedFiles:
    """The shared mappings of a process.

    Args:
        memory: guest memory.
    """

    def __init__(self, memory: GuestMemory) -> None:
        self._memory = memory
        self._mappings: list[_Shared] = []

    def __bool__(self) -> bool:
        return bool(self._mappings)

    def add(self, begin: Address, size: int, file: HostFile, offset: int) -> None:
        """Pages from an address on are those of a file now, and have what it has."""
        size = -(-size // PAGE) * PAGE
        at = begin - self._memory.base
        known = self._memory.ram[at : at + size].copy()
        self._mappings.append(_Shared(begin, file.duplicate(), offset, known))

    def overlap(self, begin: Address, end: Address) -> bool:
        """Whether one of them has some of these addresses."""
        return any(one.begin < end and begin < one.end for one in self._mappings)

    def forget(self, begin: Address, end: Address) -> None:
        """Takes addresses, from one page to another, out of all of them."""
        kept = []
        for one in self._mappings:
            if one.end <= begin or end <= one.begin:
                kept.append(one)
                continue
            for first, last in ((one.begin, min(one.end, begin)), (max(one.begin, end), one.end)):
                if first < last:
                    at = first - one.begin
                    known = one.known[at : at + last - first].copy()
                    kept.append(_Shared(first, one.file.duplicate(), one.offset + at, known))
        self._mappings = kept

    def push(self) -> None:
        """What the program has stored goes to the files, as far as they reach."""
        for one in self._mappings:
            now = self._now(one)
            size = os.fstat(one.file.descriptor).st_size
            for page in _different(now, one.known):
                left = min(max(size - one.offset - page, 0), PAGE)
                if left and one.file.flags & os.O_ACCMODE == os.O_RDWR:
                    one.file.write_at(now[page : page + left].tobytes(), one.offset + page)
            one.known[:] = now

    def pull(self) -> None:
        """What is new in the files comes to memory."""
        for one in self._mappings:
            data = np.frombuffer(one.file.read_at(one.known.size, one.offset), np.uint8)
            known = one.known[: data.size]
            if not np.array_equal(data, known):
                self._now(one)[: data.size] = known[:] = data

    def _now(self, one: _Shared) -> NDArray[np.uint8]:
        at = one.begin - self._memory.base
        return self._memory.ram[at : at + one.known.size]


def _different(new: NDArray[np.uint8], old: NDArray[np.uint8]) -> list[int]:
    """Where the pages begin that differ."""
    rows = (new.reshape(-1, PAGE) != old.reshape(-1, PAGE)).any(axis=1)
    return [PAGE * int(row) for row in np.flatnonzero(rows)]
