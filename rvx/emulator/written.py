"""Which bytes of executed code a body has changed, where all that is known is that it may have.

A body that stores to a page with the right to execute says so, and stops the core. In a bare
program of one segment that may be read, written and executed, as linker scripts of test suites have
it, this is every store: what is on the page is data mostly, or code that nobody has executed. So
pages of executed code are kept as they were and compared; translations are dropped where bytes
differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.memory import GuestMemory
from rvx.emulator.touched import TouchedPages
from rvx.isa.bits import Address
from rvx.isa.memory import PAGE_SHIFT

_PAGE = 1 << PAGE_SHIFT


class WrittenCode:
    """Pages of executed code, as they were when somebody asked last.

    Args:
        memory: guest memory.
        touched: which pages blocks were executed on.
    """

    def __init__(self, memory: GuestMemory, touched: TouchedPages) -> None:
        self._memory = memory
        self._touched = touched
        self._pages: dict[Address, NDArray[np.uint8]] = {}

    def changes(self) -> Iterator[tuple[Address, Address]]:
        """Ranges of addresses whose bytes have changed, and pages seen for the first time."""
        for page in self._executed():
            at = page - self._memory.base
            now = self._memory.ram[at : at + _PAGE]
            before = self._pages.get(page)
            if before is None:
                # It may have been executed and written since the last time.
                self._pages[page] = now.copy()
                yield page, page + _PAGE
            elif not np.array_equal(before, now):
                found = np.flatnonzero(before != now)
                before[:] = now
                yield page + int(found[0]), page + int(found[-1]) + 1

    def _executed(self) -> set[Address]:
        """Pages on which blocks were executed, and those behind them: the last block may reach."""
        begin = self._memory.executable_begin
        pages: set[Address] = set()
        for first, end in self._touched.runs():
            pages.update(range(begin + 2 * first & -_PAGE, begin + 2 * end + _PAGE, _PAGE))
        return {page for page in pages if self._memory.holds(page, _PAGE)}
