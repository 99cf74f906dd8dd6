"""Tiers of the native backend: from traps to inline sites.

A custom instruction begins in the *trap* tier: the core raises an illegal-instruction trap, a
compiled hook finds the row of the word and calls its handler. Once traps are frequent, the words
that trapped are moved to the *inline* tier: a code hook is compiled into the translated block in
front of the word, and the word itself is translated as a nop, so that there is no trap.

The nop is in memory only while the block is translated (`Blocks`); the guest always reads
its own words, and a host or guest that changes them is noticed, because every inline site compares
the word in memory with the one that it stands for. A block that is translated at another moment
holds the word itself: it traps, and the trap hook sees that the inline hook was there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import hooks, sparse
from rvx.emulator.blocks import NOPS, TRAPPING, Blocks
from rvx.emulator.context import Context, Field, Row
from rvx.emulator.core import HOOK_CODE, Core
from rvx.emulator.handlers.rows import Rows, is_transferred
from rvx.emulator.memory import GuestMemory
from rvx.emulator.touched import TouchedPages
from rvx.emulator.written import WrittenCode
from rvx.isa import Isa, loops
from rvx.isa.bits import Address
from rvx.isa.memory import PAGE_SHIFT

TRAPS_BEFORE_INLINE = 64
"""How often one word traps before all words that trapped so far are moved inline."""
MOST_HOOKS = 6
"""Unicorn walks the list of code hooks at every site, so that there must be few of them."""
_FIRST_TABLE = 1 << 8
_NEVER = -(1 << 30)


class InlineTier:
    """The inline sites of a machine.

    Attributes:
        loops: where the hardware loops begin that have been met, by where they end.
    """

    def __init__(
        self,
        isa: Isa,
        core: Core,
        context: Context,
        memory: GuestMemory,
        rows: Rows,
        touched: TouchedPages,
    ) -> None:
        self._isa = isa
        self._core = core
        self._context = context
        self._memory = memory
        self._rows = rows
        halfwords = int(context.words[Field.EXEC_HALFWORDS])
        self.sites: NDArray[np.int64] = sparse.zeros(halfwords + 1, np.int64)
        self.traps: NDArray[np.int32] = sparse.zeros(halfwords + 1, np.int32)
        self._touched = touched
        context.words[Field.SITES] = self.sites.ctypes.data
        context.words[Field.TRAPS] = self.traps.ctypes.data
        self._loop_ends: NDArray[np.int8] = sparse.zeros(halfwords + 1, np.int8)
        context.words[Field.LOOP_ENDS] = self._loop_ends.ctypes.data
        self.loops: dict[Address, tuple[Address, ...]] = {}
        self.blocks = Blocks(core, context, memory, self.sites)
        self._written = WrittenCode(memory, touched)
        self._hooked: list[tuple[Address, Address]] = []
        self._region_rows: dict[Address, NDArray[np.int64]] = {}
        self._older_rows: list[NDArray[np.int64]] = []
        self._inner: dict[Address, int] = {}

    def promote(self, block: Address) -> None:
        """Makes inline sites of all words that have trapped, and has their blocks made anew.

        Args:
            block: where the block begins that has just trapped once too often.
        """
        self.blocks.keep_made(block)
        begin = self._memory.executable_begin
        promoted: list[Address] = []
        for index in self._trapped():
            address = begin + 2 * index
            word = self._memory.word(address)
            decoded = None if word is None else self._isa.decode(word)
            # An instruction that branches has to end its block, and Unicorn does not call hooks
            # for words that it leaves out of their block: they stay in the trap tier. So do those
            # that begin a hardware loop or end one.
            if (
                decoded is None
                or is_transferred(decoded.expanded.instruction)
                or (self._isa.loops and self._isa.loops.name in decoded.instruction.requests)
                or self._loop_ends[index]
            ):
                self.traps[index] = _NEVER
                continue
            self.traps[index] = 0
            row = self._rows.address(decoded.word)
            if address in self._region_rows:
                self._inner[address] = row
                self._region_rows[address][Row.INNER] = row
            else:
                self.sites[index] = row
            size = decoded.instruction.size
            self.blocks.replace(address, size, NOPS)
            promoted.append(address)
        self._hook(promoted)
        for _, page in groupby(promoted, lambda address: address >> PAGE_SHIFT):
            first, *others = page
            self.blocks.drop(first, (others or [first])[-1] + 2)

    def mark_loops(self) -> None:
        """Has the last instructions of the hardware loops that are about to run end their blocks.

        They trap, and the trap hook goes back to the start of the loop. Regions made before know
        nothing of it, so that none is used any more.
        """
        state = self._isa.loops
        assert state is not None
        words = self._context.state(state.name, state.words).tolist()
        for loop in range(state.loops):
            start, end, rounds = words[loops.WORDS * loop : loops.WORDS * (loop + 1)]
            index = (end - loops.LAST_SIZE - self._memory.executable_begin) >> 1
            if rounds and 0 <= index < self._loop_ends.size - 1:
                self._loop_ends[index] = 1
                self.loops[end] = tuple(dict.fromkeys((*self.loops.get(end, ()), start)))
                self.blocks.replace(end - loops.LAST_SIZE, loops.LAST_SIZE, TRAPPING)
        self.drop_regions()
        self.blocks.forget()

    def drop_written(self) -> None:
        """Drops the translations of executed code that bodies have changed, if they have."""
        for start, end in self._written.changes():
            self.blocks.drop(start, end)

    def _trapped(self) -> list[int]:
        """Halfwords where words have trapped and may be moved inline."""
        return [
            first + int(index)
            for first, end in self._touched.runs()
            for index in np.flatnonzero(self.traps[first:end])
        ]

    def install_region(self, entries: Iterable[Address], function: int) -> None:
        """Makes the code hook run a compiled region at each of its entries.

        Args:
            entries: guest addresses.
            function: host address of the region.
        """
        begin = self._memory.executable_begin
        for address in entries:
            index = (address - begin) >> 1
            row = np.zeros(Row.END, np.int64)
            row[Row.HANDLER] = function
            row[Row.WORD] = self._memory.word(address) or 0
            older = self._region_rows.get(address)
            if older is not None:
                # It may be for another vtype: they are tried in turn.
                row[Row.NEXT] = older.ctypes.data
                row[Row.ENTRIES] = older[Row.ENTRIES]
                self._older_rows.append(older)
            before = int(self.sites[index])
            # An inline word at the entry is performed when the region leaves it to this tier.
            row[Row.INNER] = self._inner.get(address, before)
            self._inner[address] = int(row[Row.INNER])
            self._region_rows[address] = row
            self.sites[index] = row.ctypes.data
        self._hook(entries)

    def entries_of(self, address: Address) -> int:
        """How often a region was entered at this address."""
        row = self._region_rows.get(address)
        return 0 if row is None else int(row[Row.ENTRIES])

    def drop_regions(self) -> None:
        """Takes all regions out of use: the inline words at their entries come back."""
        for address, inner in self._inner.items():
            self.sites[(address - self._memory.executable_begin) >> 1] = inner
        self._region_rows.clear()
        self._older_rows.clear()
        self._inner.clear()

    def _hook(self, sites: Iterable[Address]) -> None:
        """Hooks the sites that no hook reaches yet; what is translated does not know a new hook."""
        code = hooks.addresses()["code"]
        ranges = self._new_ranges(sites)
        for first, last in ranges:
            self._hooked.append((first, last))
            self._core.add_native_hook(HOOK_CODE, code, self._context.address(0), first, last)
        self._hooked.sort()
        if ranges:
            self.blocks.forget()

    def _new_ranges(self, sites: Iterable[Address]) -> list[tuple[Address, Address]]:
        """Ranges for hooks: runs of adjacent sites, the nearest joined until there are few.

        A hook cannot be taken back, and no address may be reached by two. Once there are many,
        everything between them is hooked too, so that no more will be needed.
        """
        fresh = [a for a in sorted(sites) if not self._is_hooked(a)]
        if not fresh:
            return []
        if len(self._hooked) >= 2 * MOST_HOOKS:
            return self._gaps()
        runs: list[list[Address]] = []
        for address in fresh:
            if runs and address == runs[-1][1] + 4:
                runs[-1][1] = address
            else:
                runs.append([address, address])
        room = max(MOST_HOOKS - len(self._hooked), 1)
        gaps = [(after[0] - before[1], i) for i, (before, after) in enumerate(pairwise(runs))]
        apart = {i for _, i in gaps if self._has_hook_between(runs[i][1], runs[i + 1][0])}
        free = sorted(gap for gap in gaps if gap[1] not in apart)
        kept = max(room - 1 - len(apart), 0)
        apart |= {i for _, i in free[len(free) - kept :]}
        ends = [*sorted(apart), len(runs) - 1]
        starts = [0, *(i + 1 for i in ends[:-1])]
        return [(runs[i][0], runs[k][1]) for i, k in zip(starts, ends, strict=True)]

    def _gaps(self) -> list[tuple[Address, Address]]:
        gaps: list[tuple[Address, Address]] = []
        at = self._memory.executable_begin
        for first, last in [*self._hooked, (self._memory.executable_end, 0)]:
            if at < first:
                gaps.append((at, first - 1))
            at = last + 1
        return gaps

    def _is_hooked(self, address: Address) -> bool:
        return any(first <= address <= last for first, last in self._hooked)

    def _has_hook_between(self, low: Address, high: Address) -> bool:
        return any(low < first < high for first, _ in self._hooked)
