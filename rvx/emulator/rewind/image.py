"""The contents of guest memory at a moment; images share what has not changed between them.

Which memory was written to is not noted while the guest runs: a comparison of what is resident
costs milliseconds, and misses nobody's writes. Pages that the host has never given are zeros and
are not looked at, so that memory costs what a program uses of it.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.memory import GuestMemory

BLOCK = 1 << 16
"""Bytes that are compared and kept together."""
_ZEROS = bytes(BLOCK)
_CHUNK = 1 << 30
"""Bytes of which the host is asked at once whether they are resident."""


class Image:
    """Guest memory at a moment.

    Args:
        memory: the guest's.
        before: an earlier or later image, of which equal blocks are taken.

    Attributes:
        blocks: what is not all zeros, by number.
        own: bytes of those that are not of the other image.
    """

    def __init__(self, memory: GuestMemory, before: Image | None = None) -> None:
        known = {} if before is None else before.blocks
        self.blocks: dict[int, bytes] = {}
        self.own = 0
        for index, block in _resident(memory, known):
            old = known.get(index, _ZEROS)
            if len(block) == len(old) and block == old:
                if index in known:
                    self.blocks[index] = old
            elif block != memoryview(_ZEROS)[: len(block)]:
                self.blocks[index] = bytes(block)
                self.own += len(block)

    def restore(self, memory: GuestMemory) -> None:
        """Writes everything back that is different."""
        for index, block in list(_resident(memory, self.blocks)):
            old = memoryview(self.blocks.get(index, _ZEROS))[: len(block)]
            if block != old:
                block[:] = old


def _resident(memory: GuestMemory, known: dict[int, bytes]) -> Iterator[tuple[int, memoryview]]:
    """Blocks that may hold something else than zeros, by number."""
    found = set(known)
    for address, size, _ in memory.layout()[0]:
        begin = address - memory.base
        for first in range(begin, begin + size, _CHUNK):
            found |= _touched(memory, first, min(first + _CHUNK, begin + size))
    for index in sorted(found):
        yield index, memory.view[index * BLOCK : (index + 1) * BLOCK]


def _touched(memory: GuestMemory, begin: int, end: int) -> set[int]:
    """The blocks between two offsets of which the host holds some page."""
    pages: NDArray[np.uint8] = np.zeros(
        (end - begin + mmap.PAGESIZE - 1) // mmap.PAGESIZE, np.uint8
    )
    mincore = ctypes.CDLL(None, use_errno=True).mincore
    mincore.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
    if mincore(memory.ram.ctypes.data + begin, end - begin, pages.ctypes.data):
        pages[:] = 1  # Whoever does not know looks at everything.
    at = np.flatnonzero(pages & 1) * mmap.PAGESIZE + begin
    return {int(index) for index in np.unique(at // BLOCK)}
