"""Who has which pages between the data of a program and its stack: brk, mmap, mprotect, mremap.

The room of a program (`rvx.emulator.memory`) has the heap at its beginning, which brk moves, and
the stack at its end, with pages below it that nobody can have. Mappings lie below those, the first
highest, as on Linux. The pages that nobody has may be read and written: so heap and mappings are
one run of pages, which compiled loops need not look at. What is mapped, unmapped or protected on
purpose is as it was said.
"""

from __future__ import annotations

import errno
from bisect import bisect_right
from collections.abc import Callable

from rvx.emulator.memory import PAGE, GuestMemory
from rvx.isa.bits import Address
from rvx.isa.memory import READABLE, WRITABLE


class NoSpace(Exception):
    """There is no place for a mapping, or none there.

    Attributes:
        number: of the error.
    """

    def __init__(self, number: int = errno.ENOMEM) -> None:
        super().__init__(number)
        self.number = number


class AddressSpace:
    """The pages of one process.

    Args:
        memory: guest memory.
        note: takes sentences for the user.
    """

    def __init__(self, memory: GuestMemory, note: Callable[[str], None]) -> None:
        self._memory = memory
        self._note = note
        self._areas: list[tuple[Address, Address]] = []

    @property
    def _lowest(self) -> Address:
        return self._areas[0][0] if self._areas else self._memory.heap_end

    def set_break(self, address: Address) -> Address:
        """Moves the end of the heap, as brk does; gives the end that holds then."""
        if self._memory.heap <= address <= self._lowest:
            self._memory.set_taken(address)
        elif address > self._lowest:
            self._say_full()
        return self._memory.taken

    def map(self, size: int, permissions: int, at: Address | None = None) -> Address:
        """Takes pages, zeroed.

        Args:
            size: bytes, made whole pages.
            permissions: of `READABLE` and `WRITABLE`.
            at: where they have to be; what was mapped there is gone.

        Raises:
            NoSpace: there is no room for them, or not there.
        """
        size = -(-size // PAGE) * PAGE
        if at is None:
            address = self._find(size)
        else:
            if at % PAGE:
                raise NoSpace(errno.EINVAL)
            heap, end = self._memory.heap, -(-self._memory.taken // PAGE) * PAGE
            if heap <= at and at + size <= end:
                # A part of the heap stays one: allocators put pages there that nobody may touch.
                self._memory.clear(at, at + size)
                self._memory.protect(at, at + size, permissions)
                return at
            if not end <= at <= self._memory.heap_end - size:
                raise NoSpace
            self._forget(at, at + size)
            address = at
        index = bisect_right(self._areas, (address, address + size))
        self._areas.insert(index, (address, address + size))
        self._memory.clear(address, address + size)
        self._memory.protect(address, address + size, permissions)
        return address

    def _find(self, size: int) -> Address:
        """The highest free place, where mappings are placed first."""
        end = self._memory.heap_end
        for begin, stop in reversed(self._areas):
            if end - stop >= size:
                return end - size
            end = begin
        if end - size < -(-self._memory.taken // PAGE) * PAGE:
            self._say_full()
            raise NoSpace
        return end - size

    def _say_full(self) -> None:
        self._note("the program has asked for more memory than it may have; see --memory")

    def unmap(self, address: Address, size: int) -> None:
        """Gives pages back; those that nobody has stay as they are.

        Raises:
            NoSpace: the address is not that of a page, or there is nothing.
        """
        if address % PAGE or not size:
            raise NoSpace(errno.EINVAL)
        end = address + -(-size // PAGE) * PAGE
        for begin, stop in self._forget(address, end):
            self._memory.clear(begin, stop)
            self._memory.protect(begin, stop, READABLE | WRITABLE)

    def _forget(self, begin: Address, end: Address) -> list[tuple[Address, Address]]:
        """Takes a range out of all mappings; gives the parts of it that were mapped."""
        kept: list[tuple[Address, Address]] = []
        gone: list[tuple[Address, Address]] = []
        for first, last in self._areas:
            if last <= begin or end <= first:
                kept.append((first, last))
                continue
            gone.append((max(first, begin), min(last, end)))
            kept += [part for part in ((first, begin), (end, last)) if part[0] < part[1]]
        self._areas = kept
        return gone

    def protect(self, address: Address, size: int, permissions: int) -> None:
        """Says anew what may be done with pages, of the program's own segments too.

        Raises:
            NoSpace: the address is not that of a page, or nothing is mapped there.
        """
        if address % PAGE:
            raise NoSpace(errno.EINVAL)
        end = address + -(-size // PAGE) * PAGE
        memory = self._memory
        if not memory.base <= address <= end <= memory.base + memory.ram.size:
            raise NoSpace
        if end > address:
            memory.protect(address, end, permissions)

    def resize(self, address: Address, old: int, new: int, may_move: bool) -> Address:
        """Makes a mapping larger or smaller, as mremap does; gives where it is then.

        Raises:
            NoSpace: there is no such mapping, or no room for it.
        """
        old, new = self._sizes(address, old, new)
        if new <= old:
            if new < old:
                self.unmap(address + new, old - new)
            return address
        base = self._memory.base
        permissions = int(self._memory.pages[address - base >> 12])
        if self.is_free(address + old, address + new):
            self.map(new - old, permissions, address + old)
            return address
        if not may_move:
            raise NoSpace
        moved = self.map(new, permissions)
        ram = self._memory.ram
        ram[moved - base : moved - base + old] = ram[address - base : address - base + old]
        self.unmap(address, old)
        return moved

    def move(self, address: Address, old: int, new: int, to: Address) -> Address:
        """Makes a mapping larger or smaller at another place; what was mapped there is gone.

        Raises:
            NoSpace: there is no such mapping, or no place for it, or it is its own.
        """
        old, new = self._sizes(address, old, new)
        if to % PAGE or (to < address + old and address < to + new):
            raise NoSpace(errno.EINVAL)
        base, ram, kept = self._memory.base, self._memory.ram, min(old, new)
        permissions = int(self._memory.pages[address - base >> 12])
        data = ram[address - base : address - base + kept].copy()
        self.map(new, permissions, to)
        ram[to - base : to - base + kept] = data
        self.unmap(address, old)
        return to

    def _sizes(self, address: Address, old: int, new: int) -> tuple[int, int]:
        """The sizes of a mapping that is to change, as whole pages."""
        old, new = (-(-size // PAGE) * PAGE for size in (old, new))
        if address % PAGE or not new or not old:
            raise NoSpace(errno.EINVAL)
        if not any(first <= address and address + old <= last for first, last in self._areas):
            raise NoSpace(errno.EFAULT)
        return old, new

    def taken(self) -> list[tuple[Address, Address]]:
        """What somebody has, in order: the program's segments, its heap, mappings and the stack."""
        memory = self._memory
        room = (memory.heap, memory.end)
        found = [
            (begin, begin + size)
            for begin, size, _ in memory.runs()
            if not room[0] <= begin < room[1]
        ]
        # The page that calls return to is no part of the program, though it may lie beside it.
        stub = (memory.stub, memory.stub + PAGE)
        for apart in (room, stub):
            found = [part for begin, end in found for part in _without(begin, end, *apart)]
        found.append(stub)
        heap_end = -(-memory.taken // PAGE) * PAGE
        if heap_end > memory.heap:
            found.append((memory.heap, heap_end))
        return sorted([*found, *self._areas, (memory.stack_bottom, memory.end)])

    def is_mapped(self, begin: Address, end: Address) -> bool:
        """Whether somebody has all pages from one address to another."""
        for first, last in self.taken():
            if first <= begin < last:
                begin = last
        return begin >= end

    def is_free(self, begin: Address, end: Address) -> bool:
        """Whether nobody has anything between heap and stack from one address to another."""
        if begin < self._memory.taken or end > self._memory.heap_end:
            return False
        return all(last <= begin or end <= first for first, last in self._areas)


def _without(
    begin: Address, end: Address, first: Address, last: Address
) -> list[tuple[Address, Address]]:
    """What is left of a range, of which another is taken away."""
    parts = ((begin, min(end, first)), (max(begin, last), end))
    return [part for part in parts if part[0] < part[1]]
