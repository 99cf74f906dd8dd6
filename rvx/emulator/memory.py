"""Guest memory: one host mapping that the core, compiled hooks and NumPy all see.

The mapping reaches from the lowest to the highest address of the program, however far apart they
are: what lies between costs addresses of the host, and no memory (`rvx.emulator.sparse`). So every
address is found by one subtraction, in compiled code too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rvx.emulator import sparse
from rvx.errors import RvxError
from rvx.isa.bits import Address, word_size
from rvx.isa.memory import EXECUTABLE, PAGE_SHIFT, READABLE, WRITABLE
from rvx.records import dataclass

PAGE = 1 << PAGE_SHIFT
LARGEST = 1 << 45
"""The widest span of guest addresses: a quarter of what a process has on x86-64."""
LARGEST_CODE = 1 << 38
"""The widest span of executable addresses: there are some 40 bytes of tables for each."""
HIGHEST = {32: 1 << 32, 64: 1 << 62}
LARGEST_STACK = 8 << 20
"""What Linux gives a stack by default, as `ulimit -s` says."""
_LARGEST_GUARD = 1 << 20
"""What Linux keeps free below a stack: `stack_guard_gap` has 256 pages."""


class MemoryLayoutError(RvxError, ValueError):
    """The program does not fit the guest memory."""


@dataclass(frozen=True)
class Segment:
    """Bytes to load.

    Attributes:
        address: guest address of the first byte.
        data: the bytes.
        size: bytes in memory, at least `len(data)`; the rest is zero.
        permissions: of `READABLE`, `WRITABLE`, `EXECUTABLE`.
    """

    address: Address
    data: bytes
    size: int
    permissions: int

    @property
    def end(self) -> Address:
        """The address after the last byte."""
        return self.address + self.size


@dataclass(frozen=True)
class Span:
    """Addresses of which not everything may be done that their pages are for.

    Attributes:
        begin: the first.
        end: the one after the last.
        allowed: of `READABLE`, `WRITABLE`, `EXECUTABLE`.
    """

    begin: Address
    end: Address
    allowed: int


Range = tuple[Address, Address]
"""Addresses: the first, and the one after the last."""
Run = tuple[Address, int, int]
"""Pages with equal permissions, as (address, size, permissions)."""


MemoryLayout = tuple[tuple[Run, ...], tuple[Span, ...], Address]
"""What pages are for: their runs, what is taken away of that, and the end of what is allocated."""


@dataclass(frozen=True)
class _Layout:
    """Where everything goes: the stub page, and the room for heap and stack."""

    stub: Address
    heap: Address
    end: Address


class GuestMemory:
    """The mapping: a stub page, the segments, a heap that grows up, a stack that grows down.

    Args:
        segments: what to load.
        room: bytes for heap and stack together.
        xlen: 32 or 64.
        stack: bytes that the stack may take; a quarter of the room at most.

    Attributes:
        pages: what of a page may be done without asking anybody, by the core and by bodies.
        stub: the page with the code that calls return to.
        heap: where heap and stack begin.
        end: where they end.
        stack_bottom: the lowest address of the stack.
        heap_end: where what is neither the stack nor below it ends: nothing may be accessed from
            there to the stack, so that one that outgrows its room is noticed.
        on_protect: called with the runs of pages that are gone and those that are new.
        changed_code: where `write` has written over code, begins and ends; whoever sees to that
            takes them away.

    Raises:
        MemoryLayoutError: the segments overlap, or lie too far apart or too high, or `room` is less
            than a page.
    """

    def __init__(
        self, segments: Iterable[Segment], room: int, xlen: int = 64, stack: int = LARGEST_STACK
    ) -> None:
        if room < PAGE:
            raise MemoryLayoutError(
                f"heap and stack need at least {PAGE} bytes of memory, not {room}"
            )
        loaded = sorted((s for s in segments if s.size), key=lambda s: s.address)
        if not loaded:
            raise MemoryLayoutError("the program has no bytes to load")
        _check(loaded, xlen)
        layout = _lay_out(loaded, _up(room), HIGHEST[xlen])
        self.stub: Address = layout.stub
        self.heap: Address = layout.heap
        self.end: Address = layout.end
        self.stack_bottom, self.heap_end = _place_stack(self.heap, self.end, stack)
        self.base: Address = min(_down(loaded[0].address), self.stub, self.heap)
        highest = max(_up(loaded[-1].end), self.end, self.stub + PAGE)
        if highest - self.base > LARGEST:
            raise MemoryLayoutError(
                f"the program spans {loaded[0].address:#x} to {loaded[-1].end:#x}, more than the "
                f"{LARGEST >> 40} TiB that are mapped"
            )
        try:
            self.ram: NDArray[np.uint8] = sparse.zeros(highest - self.base, np.uint8)
            self.pages: NDArray[np.uint8] = sparse.zeros(self.ram.size >> PAGE_SHIFT, np.uint8)
        except OSError as error:
            raise MemoryLayoutError(
                f"the host does not give {highest - self.base} bytes: {error.strerror}"
            ) from None
        self.view = self.ram.data
        # Held while nops stand for inline words, and by other threads while they read code.
        self.patching = threading.Lock()
        # What pages are for, and what the host goes by; another array once `restrict` is used.
        self._given = self.pages
        self._spans: list[Span] = []
        self._next = self.heap
        self._edges: set[int] = set()
        for segment in loaded:
            self._allow(segment.address, segment.end, segment.permissions)
        self._load(loaded)
        self._allow(self.heap, self.heap_end, READABLE | WRITABLE)
        self._allow(self.stack_bottom, self.end, READABLE | WRITABLE)
        self._allow(self.stub, self.stub + PAGE, READABLE | EXECUTABLE)
        self._runs = self._find_runs(self.pages)
        self._readable = self._joined_runs(READABLE)
        self.on_protect: Callable[[list[Run], list[Run]], None] | None = None
        self.changed_code: list[tuple[Address, Address]] = []
        executable = [run for run in self._runs if run[2] & EXECUTABLE]
        self.executable_begin: Address = executable[0][0]
        self.executable_end: Address = executable[-1][0] + executable[-1][1]
        if self.executable_end - self.executable_begin > LARGEST_CODE:
            raise MemoryLayoutError(
                f"the code spans {self.executable_begin:#x} to {self.executable_end:#x}, more than "
                f"the {LARGEST_CODE >> 30} GiB for which there are counters"
            )

    def _load(self, segments: list[Segment]) -> None:
        for segment in segments:
            at = segment.address - self.base
            self.ram[at : at + len(segment.data)] = np.frombuffer(segment.data, np.uint8)
        self._loaded = _joined(part for s in segments if s.data for part in self._code_of(s))

    def _code_of(self, segment: Segment) -> Iterator[tuple[Address, Address]]:
        """What of a segment's bytes lies on executable pages: all, or what it shares with code."""
        begin, end = segment.address, segment.address + len(segment.data)
        if segment.permissions & EXECUTABLE:
            yield begin, end
            return
        for page in {_down(begin), _down(end - 1)}:
            if self.pages[page - self.base >> PAGE_SHIFT] & EXECUTABLE:
                yield max(begin, page), min(end, page + PAGE)

    def _allow(self, begin: Address, end: Address, permissions: int) -> None:
        first, last = _down(begin) - self.base, _up(end) - self.base
        self.pages[first >> PAGE_SHIFT : last >> PAGE_SHIFT] |= permissions
        self._edges |= {first >> PAGE_SHIFT, last >> PAGE_SHIFT}

    def _joined_runs(self, mask: int) -> list[tuple[Address, Address]]:
        runs = self._find_runs(self._given)
        return _joined((a, a + size) for a, size, can in runs if can & mask)

    def _find_runs(self, pages: NDArray[np.uint8]) -> list[Run]:
        runs: list[Run] = []
        for first, end in pairwise(sorted(self._edges)):
            permissions = int(pages[first])
            if not permissions:
                continue
            begin, size = self.base + (first << PAGE_SHIFT), (end - first) << PAGE_SHIFT
            if runs and runs[-1][2] == permissions and runs[-1][0] + runs[-1][1] == begin:
                begin, size = runs[-1][0], runs[-1][1] + size
                runs.pop()
            runs.append((begin, size, permissions))
        return runs

    @property
    def stack_top(self) -> Address:
        """Where the stack begins, 16-byte aligned as the psABI wants it."""
        return self.end - 16

    @property
    def stack_size(self) -> int:
        """Bytes that the stack may take."""
        return self.end - self.stack_bottom

    def runs(self) -> list[Run]:
        """Runs of pages with equal permissions."""
        return list(self._runs)

    def layout(self) -> MemoryLayout:
        """What pages are for at the moment, to be put back by `set_layout`."""
        return tuple(self._find_runs(self._given)), tuple(self._spans), self._next

    def set_layout(self, layout: MemoryLayout) -> None:
        """Puts back what pages were for; what is in them stays."""
        if layout == self.layout():
            return
        runs, self._spans, self._next = layout[0], list(layout[1]), layout[2]
        for begin, size, _ in runs:
            first = begin - self.base >> PAGE_SHIFT
            self._edges |= {first, first + (size >> PAGE_SHIFT)}
        for first, end in pairwise(sorted(self._edges)):
            at = self.base + (first << PAGE_SHIFT)
            given = next((can for begin, size, can in runs if begin <= at < begin + size), 0)
            if self._given[first] != given:  # What nobody has touched takes no memory.
                self._given[first:end] = given
        self._show_pages()
        self._readable = self._joined_runs(READABLE)

    def protect(self, begin: Address, end: Address, permissions: int) -> None:
        """Says anew what may be done with the pages from one address up to another.

        Whoever keeps a picture of the runs is told which are gone and which are new (`on_protect`).
        Code can be taken away, but not added: the tables of counts are made once.
        """
        first, last = _down(begin) - self.base >> PAGE_SHIFT, _up(end) - self.base >> PAGE_SHIFT
        if (self._given[first:last] == permissions).all():
            return
        self._given[first:last] = permissions
        self._edges |= {first, last}
        self._show_pages()
        self._readable = self._joined_runs(READABLE)

    def make_writable(self, address: Address, size: int) -> None:
        """Lets the pages of an access be written, too."""
        for page in range(_down(address), address + size, PAGE):
            permissions = int(self._given[page - self.base >> PAGE_SHIFT])
            self.protect(page, page + PAGE, permissions | WRITABLE)

    def restrict(self, spans: Iterable[Span]) -> None:
        """Takes some of what pages are for away from the core and from bodies, and no more.

        What has been taken away before comes back, unless it is in the spans again.
        """
        wanted = [
            Span(max(one.begin, self.base), min(one.end, self.base + self.ram.size), one.allowed)
            for one in spans
        ]
        wanted = [one for one in wanted if one.begin < one.end]
        if wanted == self._spans:
            return
        self._spans = wanted
        if self._given is self.pages:
            self._given = sparse.zeros(self.pages.size, np.uint8)
            for begin, size, permissions in self._runs:
                first = begin - self.base >> PAGE_SHIFT
                self._given[first : first + (size >> PAGE_SHIFT)] = permissions
        for one in wanted:
            first, last = one.begin - self.base, one.end - self.base
            self._edges |= {first >> PAGE_SHIFT, last >> PAGE_SHIFT}
        self._show_pages()

    def is_restricted(self, address: Address, size: int, wanted: int) -> bool:
        """Whether these bytes may be used for this by their pages, and somebody has to be asked."""
        if not self.can(address, size, wanted):
            return False
        first = address - self.base >> PAGE_SHIFT
        last = address + size - 1 - self.base >> PAGE_SHIFT
        return bool((~self.pages[first : last + 1] & wanted).any())

    @contextmanager
    def opened(self, address: Address, size: int, wanted: int) -> Iterator[None]:
        """Lets bodies use the pages of an access for something that they are for, for this time."""
        first = address - self.base >> PAGE_SHIFT
        last = (address + size - 1 - self.base >> PAGE_SHIFT) + 1
        before = self.pages[first:last].copy()
        self.pages[first:last] |= self._given[first:last] & wanted
        try:
            yield
        finally:
            self.pages[first:last] = before

    def _show_pages(self) -> None:
        """Makes `pages` of what they are for and of what is taken away, and tells the core."""
        if self._given is not self.pages:
            for first, end in pairwise(sorted(self._edges)):
                begin = self.base + (first << PAGE_SHIFT)
                allowed = given = int(self._given[first])
                for one in self._spans:
                    if one.begin <= begin < one.end:
                        allowed &= one.allowed
                if given & ~allowed & READABLE:
                    allowed = 0  # Where Unicorn has fetched from, it lets everybody load.
                if self.pages[first] != allowed:  # What nobody has touched takes no memory.
                    self.pages[first:end] = allowed
        before, self._runs = self._runs, self._find_runs(self.pages)
        if self.on_protect is not None:
            kept = set(before) & set(self._runs)
            gone = [run for run in before if run not in kept]
            self.on_protect(gone, [run for run in self._runs if run not in kept])

    def open_runs(self) -> tuple[Range, Range, Range]:
        """What may be read around the heap, what of it may be written, and both for the stack."""
        return (
            self._run_around(self.heap, READABLE, READABLE),
            self._run_around(self.heap, WRITABLE | EXECUTABLE, WRITABLE),
            self._run_around(self.end - 8, READABLE | WRITABLE | EXECUTABLE, READABLE | WRITABLE),
        )

    def _run_around(self, address: Address, mask: int, wanted: int) -> Range:
        found = _joined(
            (begin, begin + size)
            for begin, size, permissions in self._runs
            if permissions & mask == wanted
        )
        around = (run for run in found if run[0] <= address < run[1])
        return next(around, (address, address + 8))  # Nothing: 8 bytes are the least access.

    def allocate(self, size: int, align: int = 64) -> Address:
        """Takes bytes of the heap, zeroed.

        Raises:
            MemoryLayoutError: the heap has no room for them.
            ValueError: the size is negative, or the alignment is not positive.
        """
        if size < 0 or align < 1:
            raise ValueError(f"{size} bytes at a multiple of {align} cannot be allocated")
        address = -(-self._next // align) * align
        if address + size > self.heap_end:
            raise MemoryLayoutError(
                f"{size} bytes do not fit the heap: {max(self.heap_end - address, 0)} are left; "
                f"give the machine more memory"
            )
        self._next = address + size
        return address

    @property
    def taken(self) -> Address:
        """The end of what is taken of the heap."""
        return self._next

    def set_taken(self, address: Address) -> None:
        """Moves the end of what is taken of the heap, as brk does; what is given back is cleared.

        Args:
            address: at least `heap`, and not beyond `heap_end`.
        """
        if address < self._next:
            self.clear(address, self._next)
        self._next = address

    def clear(self, begin: Address, end: Address) -> None:
        """Makes zeros of memory, and gives whole pages of it back to the host."""
        first, last = _up(begin) - self.base, _down(end) - self.base
        if first < last:
            sparse.clear(self.ram, first, last)
            self.ram[begin - self.base : first] = 0
            self.ram[last : end - self.base] = 0
        else:
            self.ram[begin - self.base : end - self.base] = 0

    def holds(self, address: Address, size: int) -> bool:
        """Whether all these bytes are within the mapping and readable."""
        if size < 0 or not self.base <= address <= self.base + self.ram.size - size:
            return False
        if size <= PAGE:
            return self._all_may(address, size, READABLE) == READABLE
        return any(begin <= address and address + size <= end for begin, end in self._readable)

    def can(self, address: Address, size: int, permissions: int) -> bool:
        """Whether all of these bytes are mapped with these permissions at least.

        No bytes are anywhere.
        """
        if size == 0:
            return True
        if size < 0 or not self.base <= address <= self.base + self.ram.size - size:
            return False
        return self._all_may(address, size, permissions) == permissions

    def _all_may(self, address: Address, size: int, wanted: int) -> int:
        """What of `wanted` all pages of these bytes are for; they are within the mapping."""
        first = address - self.base >> PAGE_SHIFT
        last = address + max(size, 1) - 1 - self.base >> PAGE_SHIFT
        if last >= self.pages.size:
            return 0
        if last - first < 2:  # System calls are mostly about a few bytes.
            given = self._given.data
            return int(given[first]) & int(given[last]) & wanted
        return int(np.bitwise_and.reduce(self._given[first : last + 1])) & wanted

    def write(self, address: Address, data: bytes) -> bool:
        """Writes as the guest would, by the permissions of pages; False where it may not.

        Code that is written over is noted in `changed_code`.
        """
        if not self.can(address, len(data), WRITABLE):
            return False
        at = address - self.base
        self.view[at : at + len(data)] = data
        is_far = address >= self.executable_end or address + len(data) <= self.executable_begin
        if not is_far and data:
            pages = self._given[at >> PAGE_SHIFT : (at + len(data) - 1 >> PAGE_SHIFT) + 1]
            if (pages & EXECUTABLE).any():
                self.changed_code.append((address, address + len(data)))
        return True

    def is_executable(self, address: Address) -> bool:
        """Whether an instruction of 32 bits could be fetched there."""
        return _allow_fetch(self._given, address - self.base)

    def can_be_fetched(self, address: Address) -> bool:
        """Whether the core can fetch it at the moment, see `restrict`."""
        return _allow_fetch(self.pages, address - self.base)

    def loaded_code(self) -> Iterator[tuple[Address, NDArray[np.uint8]]]:
        """What of the program's executable memory came from its file, as it is now.

        The rest of executable memory was zeros at first, which are no instructions.
        """
        for begin, end in self._loaded:
            yield begin, self.ram[begin - self.base : end - self.base]

    def array(self, address: Address, dtype: DTypeLike, shape: int | tuple[int, ...]) -> Any:
        """A NumPy view of guest memory: no copy, so it follows what the guest does.

        Raises:
            MemoryLayoutError: the array is not within guest memory.
        """
        kind = np.dtype(dtype)
        sizes = (shape,) if isinstance(shape, int) else shape
        size = kind.itemsize * int(np.prod(sizes, dtype=np.int64))
        if not self.holds(address, size):
            raise MemoryLayoutError(
                f"{size} bytes at {address:#x} are not within guest memory, "
                + " and ".join(f"{begin:#x} to {end:#x}" for begin, end in self._readable)
            )
        at = address - self.base
        return self.ram[at : at + size].view(kind).reshape(sizes)

    def word(self, address: Address) -> int | None:
        """The instruction word at an address, None outside of memory; cut off where memory ends."""
        if not self.holds(address, 2):
            return None
        at = address - self.base
        size = word_size(int.from_bytes(self.view[at : at + 2], "little"))
        while not self.holds(address, size):
            size -= 2
        return int.from_bytes(self.view[at : at + size], "little")


def _allow_fetch(pages: NDArray[np.uint8], at: int) -> bool:
    first, last = at >> PAGE_SHIFT, at + 3 >> PAGE_SHIFT
    return first >= 0 and last < pages.size and bool(pages[first] & pages[last] & EXECUTABLE)


def _check(loaded: list[Segment], xlen: int) -> None:
    for before, segment in pairwise(loaded):
        if segment.address < before.end:
            raise MemoryLayoutError(f"two segments overlap at {segment.address:#x}")
    if loaded[-1].end > HIGHEST[xlen]:
        raise MemoryLayoutError(
            f"the program ends at {loaded[-1].end:#x}, which is beyond {HIGHEST[xlen]:#x}, the end "
            f"of memory"
        )


def _lay_out(loaded: list[Segment], room: int, highest: Address) -> _Layout:
    """Finds places for the stub page and for heap and stack between the segments.

    The stub page holds the code that calls return to. It is below the code, as near as there is a
    free page, so that the counts cover both; the first page of memory stays empty.

    Heap and stack lie behind the data, so that compiled code sees one run of memory that can be
    written: linker scripts put the stack at the end of the memory whose beginning the data have.
    """
    taken = _joined((_down(s.address), _up(s.end)) for s in loaded)
    code = next((s for s in loaded if s.permissions & EXECUTABLE), loaded[0])
    stub = next(
        (begin - PAGE for begin, _ in reversed(taken) if 2 * PAGE <= begin <= code.address), None
    )
    if stub is None:
        stub = next(end for _, end in taken if end > code.address)
    taken = _joined([*taken, (stub, stub + PAGE)])
    data = [s for s in loaded if s.permissions & WRITABLE]
    behind_data = next((end for _, end in taken if data and end >= data[-1].end), taken[-1][1])
    gaps = [(end, begin) for (_, end), (begin, _) in pairwise([*taken, (highest, highest)])]
    wished = [gap for gap in gaps if gap[0] == behind_data]
    others = sorted(gaps, reverse=True)
    for begin, end in [*wished, *others]:
        if end - begin >= room:
            return _Layout(stub, begin, begin + room)
    if taken[0][0] - PAGE >= room:
        return _Layout(stub, taken[0][0] - room, taken[0][0])
    raise MemoryLayoutError(
        f"there is no room for {room} bytes of heap and stack beside a program that spans "
        f"{loaded[0].address:#x} to {loaded[-1].end:#x}, with {highest:#x} as the end of memory"
    )


def _place_stack(heap: Address, end: Address, most: int) -> tuple[Address, Address]:
    """The lowest address of the stack, and where what lies below it ends.

    In a room of less than four pages nothing is kept free between them.
    """
    room = end - heap
    size = _up(min(most, max(_down(room // 4), PAGE)))
    guard = max(_down(min(_LARGEST_GUARD, size // 8)), PAGE) if room >= 4 * PAGE else 0
    return end - size, end - size - guard


def _joined(runs: Iterable[tuple[Address, Address]]) -> list[tuple[Address, Address]]:
    """Ranges of addresses in order, those that touch made one."""
    found: list[tuple[Address, Address]] = []
    for begin, end in sorted(runs):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _down(address: Address) -> Address:
    return address & -PAGE


def _up(address: Address) -> Address:
    return -(-address // PAGE) * PAGE
