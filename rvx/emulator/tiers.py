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

import ctypes
import time
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import hooks, sparse
from rvx.emulator.blocks import NOPS, Blocks
from rvx.emulator.context import Context, Field
from rvx.emulator.core import HOOK_CODE, Core
from rvx.emulator.counting import counting_address
from rvx.emulator.handlers import CompileError
from rvx.emulator.interim import Interim
from rvx.emulator.memory import GuestMemory
from rvx.emulator.rows import Row, Unsupported, Wiring, is_transferred
from rvx.emulator.streamed import streamed_address
from rvx.emulator.touched import TouchedPages
from rvx.isa import Isa
from rvx.isa.bits import Address, Word

TRAPS_BEFORE_INLINE = 64
"""How often one word traps before all words that trapped so far are moved inline."""
MOST_HOOKS = 6
"""Unicorn walks the list of code hooks at every site, so that there must be few of them."""
_FIRST_TABLE = 1 << 8
_NEVER = -(1 << 30)


class Rows:
    """All rows of a machine, found by word; `seconds` is the time spent on making them.

    The table is an open-addressing hash of (word, address of the row), which the trap hook searches
    by itself; a word that is not in it is decoded here, once.
    """

    def __init__(self, wiring: Wiring, context: Context, interim: Interim) -> None:
        self._wiring = wiring
        self._interim = interim
        self._context = context
        self._rows: dict[Word, NDArray[np.int64]] = {}
        self._illegal: dict[Word, str] = {}
        self._table = np.zeros(2 * _FIRST_TABLE, np.int64)
        self._publish()
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(self._missed)
        address = ctypes.cast(self._callback, ctypes.c_void_p).value
        context.words[Field.MISS] = address or 0
        self.error: BaseException | None = None
        self.seconds = 0.0

    def _publish(self) -> None:
        self._context.words[Field.HASH] = self._table.ctypes.data
        self._context.words[Field.HASH_MASK] = self._table.size // 2 - 1

    def _missed(self, word: Word) -> int:
        """Called from the trap hook; an exception must not cross compiled code."""
        try:
            return self.address(word)
        except BaseException as error:
            self.error = error
            return 0

    def note_illegal(self, word: Word, reason: str) -> None:
        """Remembers why a word cannot be performed."""
        self._illegal[word] = reason

    def why_illegal(self, word: Word) -> str:
        """What was wrong with a word that has no row, if more is known than that it is illegal."""
        return self._illegal.get(word, "")

    def address(self, word: Word) -> int:
        """Host address of the row of a word, 0 if it cannot be performed."""
        known = self._rows.get(word)
        if known is None:
            made = self._make(word)
            if made is None:
                return 0
            self._rows[word] = known = made
            if 2 * len(self._rows) > self._table.size // 2:
                self._table = np.zeros(2 * self._table.size, np.int64)
                for other, row in self._rows.items():
                    self._insert(other, row)
                self._publish()
            else:
                self._insert(word, known)
        return int(known.ctypes.data)

    def _insert(self, word: Word, row: NDArray[np.int64]) -> None:
        mask = self._table.size // 2 - 1
        slot = (word * 0x9E3779B1 >> 15) & mask
        while self._table[2 * slot + 1]:
            slot = (slot + 1) & mask
        self._table[2 * slot] = word
        self._table[2 * slot + 1] = row.ctypes.data

    def _make(self, word: Word) -> NDArray[np.int64] | None:
        isa = self._wiring.isa
        decoded = isa.decode(word)
        if decoded is None:
            return None
        row = np.zeros(Row.END, np.int64)
        start = time.perf_counter()
        try:
            self._wiring.fill(row, decoded.expanded)
            row[Row.SIZE] = decoded.instruction.size
            place = Row.HANDLER
            if row[Row.TAKEN] or row[Row.APPENDED]:
                place = Row.PLAIN_HANDLER
                row[Row.HANDLER] = streamed_address()
            elif row[Row.COUNTER]:
                place = Row.PLAIN_HANDLER
                row[Row.HANDLER] = counting_address()
            self._interim.install(decoded.expanded.instruction, row, place)
        except (Unsupported, CompileError) as error:
            self._illegal[word] = str(error)
            return None
        finally:
            self.seconds += time.perf_counter() - start
        return row


class InlineTier:
    """The inline sites of a machine."""

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
        self._patched: set[Address] = set()
        self.blocks = Blocks(core, context, memory, self.sites)
        self._hooked: list[tuple[Address, Address]] = []
        self._region_rows: dict[Address, NDArray[np.int64]] = {}
        self._inner: dict[Address, int] = {}

    def promote(self, block: Address) -> None:
        """Makes inline sites of all words that have trapped, and has their blocks made anew.

        Args:
            block: where the block begins that has just trapped once too often.
        """
        self.blocks.starts.add(block)
        begin = self._memory.executable_begin
        for index in self._trapped():
            address = begin + 2 * index
            word = self._memory.word(address)
            decoded = None if word is None else self._isa.decode(word)
            # An instruction that branches has to end its block, and Unicorn does not call hooks
            # for words that it leaves out of their block: they stay in the trap tier.
            if decoded is None or is_transferred(decoded.expanded.instruction):
                self.traps[index] = _NEVER
                continue
            self.traps[index] = 0
            row = self._rows.address(decoded.word)
            if address in self._region_rows:
                self._inner[address] = row
                self._region_rows[address][Row.RESULT] = row
            else:
                self.sites[index] = row
            size = decoded.instruction.size
            self._patched.add(address)
            self.blocks.replace(address, size, NOPS)
        self._install()

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
            before = int(self.sites[index])
            # An inline word at the entry is performed when the region leaves it to this tier.
            row[Row.RESULT] = self._inner.get(address, before)
            self._inner[address] = int(row[Row.RESULT])
            self._region_rows[address] = row
            self.sites[index] = row.ctypes.data
        self._install()

    def entries_of(self, address: Address) -> int:
        """How often a region was entered at this address."""
        row = self._region_rows.get(address)
        return 0 if row is None else int(row[Row.ARGUMENTS])

    def drop_regions(self) -> None:
        """Takes all regions out of use: the inline words at their entries come back."""
        for address, inner in self._inner.items():
            self.sites[(address - self._memory.executable_begin) >> 1] = inner
        self._region_rows.clear()
        self._inner.clear()

    def _install(self) -> None:
        """Hooks all sites that no hook reaches yet."""
        code = hooks.addresses()["code"]
        for first, last in self._new_ranges():
            self._hooked.append((first, last))
            self._core.add_native_hook(HOOK_CODE, code, self._context.address(0), first, last)
        self._hooked.sort()
        self.blocks.forget()

    def _new_ranges(self) -> list[tuple[Address, Address]]:
        """Ranges for hooks: runs of adjacent sites, the nearest joined until there are few.

        A hook cannot be taken back, and no address may be reached by two. Once there are many,
        everything between them is hooked too, so that no more will be needed.
        """
        sites = {*self._patched, *self._inner}
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
        while len(runs) > room:
            gaps = [
                (runs[i + 1][0] - runs[i][1], i)
                for i in range(len(runs) - 1)
                if not self._has_hook_between(runs[i][1], runs[i + 1][0])
            ]
            if not gaps:
                break
            _, nearest = min(gaps)
            runs[nearest][1] = runs.pop(nearest + 1)[1]
        return [(first, last) for first, last in runs]

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
