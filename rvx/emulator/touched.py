"""Which pages of code were executed: nobody has to look through the tables of all the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import sparse
from rvx.emulator.context import Context, Field
from rvx.emulator.memory import GuestMemory
from rvx.isa.bits import Address
from rvx.isa.memory import PAGE_SHIFT

_HALFWORDS = 1 << PAGE_SHIFT - 1
"""Halfwords of a page."""


class TouchedPages:
    """A byte for every page of code: not 0 if there may be counts for it.

    The block hook marks a block when it sees it for the first time. Whoever counts what did not
    begin a block, such as a compiled loop, marks that here.
    """

    def __init__(self, context: Context, memory: GuestMemory) -> None:
        self._begin = memory.executable_begin
        pages = memory.executable_end - memory.executable_begin >> PAGE_SHIFT
        self._pages: NDArray[np.uint8] = sparse.zeros(pages + 2, np.uint8)
        context.words[Field.TOUCHED] = self._pages.ctypes.data

    def mark(self, begin: Address, end: Address) -> None:
        """Marks the code from one address up to another, where something is counted too."""
        first, last = begin - self._begin >> PAGE_SHIFT, end - self._begin >> PAGE_SHIFT
        self._pages[first : last + 1] = 1

    def forget(self) -> None:
        """Nothing is counted on any page; for who marks pages whenever he counts."""
        self._pages[self._pages.nonzero()] = 0

    def runs(self) -> Iterator[tuple[int, int]]:
        """Runs of halfwords on marked pages, as (first, end), counted from the first of code."""
        # The hart may mark a page meanwhile: NumPy goes over what it searches twice, and raises if
        # the second time differs, so it gets an array that nobody writes.
        marked = np.flatnonzero(self._pages != 0)
        if marked.size == 1:
            yield int(marked[0]) * _HALFWORDS, (int(marked[0]) + 1) * _HALFWORDS
            return
        for run in np.split(marked, np.flatnonzero(np.diff(marked) > 1) + 1):
            if run.size:
                yield int(run[0]) * _HALFWORDS, (int(run[-1]) + 1) * _HALFWORDS
