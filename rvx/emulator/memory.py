"""Guest memory: one host mapping that the core, compiled hooks and NumPy all see."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rvx.errors import RvxError
from rvx.isa.bits import Address
from rvx.isa.memory import EXECUTABLE, PAGE_SHIFT, READABLE, WRITABLE

PAGE = 1 << PAGE_SHIFT
LARGEST = 1 << 33
"""The widest span of guest addresses that is mapped: host pages are taken only when touched."""
LARGEST_CODE = 1 << 28
"""The widest span of executable addresses: there are counters for every halfword of it."""
HIGHEST = {32: 1 << 32, 64: 1 << 62}


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


class GuestMemory:
    """The mapping: a stub page, the segments, a heap that grows up, a stack that grows down.

    Args:
        segments: what to load.
        room: bytes for heap and stack together.
        xlen: 32 or 64.

    Raises:
        MemoryLayoutError: the segments overlap, or lie too far apart or too high, or `room` is less
            than a page.
    """

    def __init__(self, segments: Iterable[Segment], room: int, xlen: int = 64) -> None:
        if room < PAGE:
            raise MemoryLayoutError(
                f"heap and stack need at least {PAGE} bytes of memory, not {room}"
            )
        loaded = sorted((s for s in segments if s.size), key=lambda s: s.address)
        if not loaded:
            raise MemoryLayoutError("the program has no bytes to load")
        low, high = loaded[0].address, max(s.address + s.size for s in loaded)
        first_page, end_page = _down(low), _up(high)
        # The stub page holds the code that calls return to. It is below the program where there
        # is room, so that it is near the text and the counts cover both.
        has_room_below = first_page >= 2 * PAGE
        self.base: Address = first_page - PAGE if has_room_below else first_page
        self.stub: Address = self.base if has_room_below else end_page
        heap = end_page if has_room_below else end_page + PAGE
        self.end: Address = heap + _up(room)
        if self.end - self.base > LARGEST:
            raise MemoryLayoutError(
                f"the program spans {low:#x} to {high:#x}; with {room} bytes of heap and stack "
                f"that is more than the {LARGEST >> 30} GiB that are mapped"
            )
        if self.end > HIGHEST[xlen]:
            raise MemoryLayoutError(
                f"the program ends at {high:#x}; with {room} bytes of heap and stack above it that "
                f"is beyond {HIGHEST[xlen]:#x}, the end of memory"
            )
        try:
            self._mapping = mmap.mmap(-1, self.end - self.base)
        except OSError as error:
            raise MemoryLayoutError(
                f"the host does not give {self.end - self.base} bytes: {error.strerror}"
            ) from None
        self.ram: NDArray[np.uint8] = np.frombuffer(self._mapping, np.uint8)
        self.view = memoryview(self._mapping)
        # Held while nops stand for inline words, and by other threads while they read code.
        self.patching = threading.Lock()
        self.pages = np.zeros(self.ram.size >> PAGE_SHIFT, np.uint8)
        self.heap: Address = heap
        self._next = heap
        self._load(loaded)
        self._allow(heap, self.end, READABLE | WRITABLE)
        self._allow(self.stub, self.stub + PAGE, READABLE | EXECUTABLE)
        executable = [s for s in loaded if s.permissions & EXECUTABLE]
        # Whole pages: the guest can jump to anything on them.
        begins, ends = [s.address for s in executable], [s.address + s.size for s in executable]
        self.executable_begin: Address = _down(min([*begins, self.stub]))
        self.executable_end: Address = _up(max([*ends, self.stub + PAGE]))
        if self.executable_end - self.executable_begin > LARGEST_CODE:
            raise MemoryLayoutError(
                f"the code spans {self.executable_begin:#x} to {self.executable_end:#x}, more than "
                f"the {LARGEST_CODE >> 20} MiB for which there are counters"
            )

    def _load(self, segments: list[Segment]) -> None:
        end = 0
        for segment in segments:
            if segment.address < end:
                raise MemoryLayoutError(f"two segments overlap at {segment.address:#x}")
            end = segment.address + segment.size
            self._allow(segment.address, end, segment.permissions)
            at = segment.address - self.base
            self.ram[at : at + len(segment.data)] = np.frombuffer(segment.data, np.uint8)

    def _allow(self, begin: Address, end: Address, permissions: int) -> None:
        first, last = _down(begin) - self.base, _up(end) - self.base
        self.pages[first >> PAGE_SHIFT : last >> PAGE_SHIFT] |= permissions

    @property
    def stack_top(self) -> Address:
        """Where the stack begins, 16-byte aligned as the psABI wants it."""
        return self.end - 16

    @cached_property
    def _runs(self) -> list[tuple[Address, int, int]]:
        return self.runs()

    def runs(self) -> list[tuple[Address, int, int]]:
        """Runs of pages with equal permissions, as (address, size, permissions)."""
        edges = np.flatnonzero(np.diff(self.pages)) + 1
        bounds = [0, *(int(edge) for edge in edges), self.pages.size]
        return [
            (self.base + (a << PAGE_SHIFT), (b - a) << PAGE_SHIFT, int(self.pages[a]))
            for a, b in pairwise(bounds)
            if self.pages[a]
        ]

    def open_runs(self) -> tuple[tuple[Address, Address], tuple[Address, Address]]:
        """The runs of pages around the heap that may be read, and that hold data to be written."""
        heap = self.heap - self.base >> PAGE_SHIFT
        can_read = self.pages & READABLE != 0
        can_write = (self.pages & (WRITABLE | EXECUTABLE)) == WRITABLE
        return self._run_around(heap, can_read), self._run_around(heap, can_write)

    def _run_around(self, page: int, allowed: NDArray[np.bool_]) -> tuple[Address, Address]:
        refused = np.flatnonzero(~allowed)
        below, above = refused[refused < page], refused[refused > page]
        first = int(below[-1]) + 1 if below.size else 0
        end = int(above[0]) if above.size else allowed.size
        return self.base + (first << PAGE_SHIFT), self.base + (end << PAGE_SHIFT)

    def allocate(self, size: int, align: int = 64) -> Address:
        """Takes bytes of the heap, zeroed.

        Raises:
            MemoryLayoutError: the heap would grow into the stack's half of the room.
            ValueError: the size is negative, or the alignment is not positive.
        """
        if size < 0 or align < 1:
            raise ValueError(f"{size} bytes at a multiple of {align} cannot be allocated")
        address = -(-self._next // align) * align
        limit = self.end - min(1 << 20, (self.end - self.heap) // 2)
        if address + size > limit:
            raise MemoryLayoutError(
                f"{size} bytes do not fit the heap: {max(limit - address, 0)} are left; "
                f"give the machine more memory"
            )
        self._next = address + size
        return address

    def set_break(self, address: Address) -> Address:
        """Moves the end of the heap, as brk does; gives the end that holds then."""
        if self.heap <= address <= self.end - (self.end - self.heap) // 4:
            self._next = address
        return self._next

    def holds(self, address: Address, size: int) -> bool:
        """Whether all these bytes are within the mapping and readable."""
        if address < self.base or size < 0 or address + size > self.end:
            return False
        first = address - self.base >> PAGE_SHIFT
        last = address + max(size, 1) - 1 - self.base >> PAGE_SHIFT
        return bool((self.pages[first : last + 1] & READABLE).all())

    def is_executable(self, address: Address) -> bool:
        """Whether an instruction of 32 bits could be fetched there."""
        if not self.base <= address <= self.end - 4:
            return False
        first, last = address - self.base >> PAGE_SHIFT, address + 3 - self.base >> PAGE_SHIFT
        return bool(self.pages[first] & self.pages[last] & EXECUTABLE)

    def code(self) -> bytes:
        """A copy of everything executable as it is now."""
        pieces = []
        for address, size, permissions in self._runs:
            if permissions & EXECUTABLE:
                at = address - self.base
                pieces.append(self.ram[at : at + size].tobytes())
        return b"".join(pieces)

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
                f"{self.base:#x} to {self.end:#x}"
            )
        at = address - self.base
        return self.ram[at : at + size].view(kind).reshape(sizes)

    def word(self, address: Address) -> int | None:
        """The instruction word at an address: 16 or 32 bits, None outside of memory."""
        if not self.holds(address, 2):
            return None
        at = address - self.base
        low = int(self.ram[at]) | int(self.ram[at + 1]) << 8
        if low & 3 != 3 or not self.holds(address, 4):
            return low
        return low | int(self.ram[at + 2]) << 16 | int(self.ram[at + 3]) << 24


def _down(address: Address) -> Address:
    return address & -PAGE


def _up(address: Address) -> Address:
    return -(-address // PAGE) * PAGE
