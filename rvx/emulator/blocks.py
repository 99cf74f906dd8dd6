"""Blocks: what the core gets to see of the guest's code while it translates it.

The guest keeps its own words in memory. Only while a block is translated others stand in the place
of some: a nop for a word that a hook in front of it performs (`rvx.emulator.tiers`), and one that
traps for a word that the core must not see (`rvx.emulator.gate`).

Nobody looks for words of the second kind in advance, among data and code that is never run: a hook
looks at every block that the core has translated by itself, before it runs for the first time. If
there is such a word in it, the hart stops, and the block is made anew. So words may also be written
at run time, by anybody, and a block may begin in the middle of an instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import hooks
from rvx.emulator.context import Context
from rvx.emulator.core import Core, CoreError
from rvx.emulator.memory import GuestMemory
from rvx.isa.bits import Address, word_size
from rvx.isa.memory import PAGE_SHIFT

_NOP, _SHORT_NOP = b"\x13\x00\x00\x00", b"\x01\x00"
NOPS = {2: _SHORT_NOP, 4: _NOP, 6: _NOP + _SHORT_NOP, 8: _NOP + _NOP}
"""By size: words that do nothing."""
_TRAP = b"\x0b\x00\x00\x00"
TRAPPING = {2: b"\x02\x80", 4: _TRAP, 6: _TRAP + _SHORT_NOP, 8: _TRAP + _NOP}
"""Words that trap and are part of their block: c.jr with x0, which is reserved, and a custom-0.

The core knows no longer words: to it, the block ends four bytes behind the begin of one.
"""
_MOST_PAGES = 64
"""Up to which blocks are dropped one by one; beyond, all of them are."""


class Blocks:
    """The translated blocks that hold other words than memory does.

    Args:
        core: translates.
        context: for the compiled hooks.
        memory: guest memory.
        sites: for every executable halfword, what the code hook performs in front of it.

    Attributes:
        on_made: called with where a block begins that was translated, if anybody wants to know.
    """

    def __init__(
        self, core: Core, context: Context, memory: GuestMemory, sites: NDArray[np.int64]
    ) -> None:
        self._core = core
        self._context = context
        self._memory = memory
        self._sites = sites
        self._starts: set[Address] = set()
        self._replaced: dict[int, dict[Address, tuple[bytes, bytes]]] = {}
        self._missing: set[Address] = set()
        self._made: dict[int, dict[Address, Address]] = {}
        self.on_made: Callable[[Address], None] | None = None

    def forget(self) -> None:
        """Drops all translated code: needed after hooks are added or the host changes code."""
        self._core.forget_translations()
        self._made.clear()
        self._missing = set(self._starts)

    def keep_made(self, start: Address) -> None:
        """Has the block that begins here made now, and after each `forget`.

        Others are made when the hart starts there; one that the core comes to in the middle of a
        run, such as the head of a loop, it would translate by itself, with the words of memory, and
        those would trap again.
        """
        self._starts.add(start)
        self._missing.add(start)

    def translate(self, pc: Address) -> None:
        """Translates the blocks that hold words to be replaced, the one at pc among them.

        Only those that were not since the last `forget`. Where Unicorn has dropped one on its own,
        it translates it again itself: inline words then trap until they are moved inline again, and
        the hook on new blocks sees those that the core must not see.
        """
        page = pc >> PAGE_SHIFT
        # Translating what cannot be fetched would hide the fault from the start that follows.
        if page in self._replaced and self._memory.can_be_fetched(pc):
            self._missing.add(pc)
        if self._missing:
            with self._memory.patching:
                while self._missing:
                    self._make(self._missing.pop())

    def refuse(self, start: Address) -> None:
        """Takes the block back that the core has translated by itself, with words it must not see.

        Args:
            start: where it begins.
        """
        self._missing.add(start)
        end = self._end_of(start)
        self._note_refused(start, end, frozenset())
        self.drop(start, end)

    def _end_of(self, start: Address) -> Address:
        """Where the block at an address ends that the core has translated, or translates now."""
        size = self._core.translate(start)
        return hooks.function("block_end")(self._context.address(0), start, size)

    def _note_refused(self, start: Address, end: Address, known: Collection[Address]) -> bool:
        """Has words of a block replaced that the core must not see; whether there are new ones.

        Args:
            start: begin of the block.
            end: its end.
            known: addresses of words that were replaced when it was translated.
        """
        next_refused = hooks.function("refused")
        data = self._context.address(0)
        is_found = False
        address = start
        while (address := next_refused(data, address, end)) < end:
            size = self._size_at(address)
            if address not in known:
                is_found = True
                self.replace(address, size, TRAPPING)
            address += size
            if address < end and self._memory.word(address):
                # The block will end with the trap, and what follows is one of its own; zeros are no
                # code, but what pages are filled up with.
                self._missing.add(address)
        return is_found

    def drop(self, start: Address, end: Address) -> None:
        """Drops the translations of all blocks that hold any of these bytes.

        What is known to stay as it is need not be translated again: a program with a thousand
        blocks whose words change one after the other would spend its time on the other 999.
        """
        first, last = start >> PAGE_SHIFT, end - 1 >> PAGE_SHIFT
        if last - first > _MOST_PAGES:
            self.forget()
            return
        for page in range(first, last + 1):  # Pages that follow each other need not in the core.
            begin = page << PAGE_SHIFT
            self._core.forget(max(start, begin), min(end, begin + (1 << PAGE_SHIFT)))
        for page in range(first - 1, last + 1):  # By where blocks begin.
            made = self._made.get(page, {})
            for other in [one for one in made if one < end and made[one] > start]:
                del made[other]
                self._missing.add(other)

    @contextmanager
    def cut(self, pc: Address, instructions: int) -> Iterator[Address]:
        """Makes the block at pc trap after so many instructions, and gives the place."""
        at = pc
        for _ in range(instructions):
            at += self._size_at(at)
        replaced = self._replaced.setdefault(at >> PAGE_SHIFT, {})
        index = (at - self._memory.executable_begin) >> 1
        before, site = replaced.get(at), self._sites[index]
        size = self._size_at(at)
        self.drop(pc, at + size)
        self.replace(at, size, TRAPPING)
        self._sites[index] = 0
        with self._memory.patching:
            self._make(pc)
        try:
            yield at
        finally:
            del replaced[at]
            if before is not None:
                replaced[at] = before
            self._sites[index] = site
            self.drop(pc, at + size)

    def _size_at(self, address: Address) -> int:
        return word_size(self._memory.word(address) or 0)

    def _bytes_at(self, address: Address, size: int) -> bytes:
        at = address - self._memory.base
        return self._memory.ram[at : at + size].tobytes()

    def replace(self, address: Address, size: int, by: dict[int, bytes]) -> None:
        """Has a word replaced whenever a block is translated that may hold it."""
        replaced = self._replaced.setdefault(address >> PAGE_SHIFT, {})
        replaced[address] = self._bytes_at(address, size), by[size]

    def _make(self, start: Address) -> None:
        """Translates one block, with other words in the place of those to be replaced."""
        page = start >> PAGE_SHIFT
        made = self._made.setdefault(page, {})
        if start in made:
            return
        while True:
            changed = self._to_replace(start)
            for address, (_, other) in changed.items():
                self._put(address, other)
            try:
                self._core.translate(start)
            except CoreError:
                return  # It is translated, and traps, when it is reached.
            finally:
                for address, (word, _) in changed.items():
                    self._put(address, word)
            if self.on_made is not None:
                self.on_made(start)
            end = self._end_of(start)
            for address, (word, other) in changed.items():
                if other == TRAPPING[len(word)]:
                    end = min(end, address + len(word))
            if not self._note_refused(start, end, changed):
                made[start] = end
                return
            self.drop(start, end)

    def _to_replace(self, start: Address) -> dict[Address, tuple[bytes, bytes]]:
        """What is to be replaced in a block, which has no instruction that begins on another page.

        What looks like a word to be replaced may be the half of an instruction: only where an
        instruction begins, from the begin of the block on, it is one. A word that traps ends its
        block: of a page full of them, each block has to look at one only.
        """
        found: dict[Address, tuple[bytes, bytes]] = {}
        replaced = self._replaced.get(start >> PAGE_SHIFT, {})
        ram, base = self._memory.ram, self._memory.base
        page_end = ((start >> PAGE_SHIFT) + 1) << PAGE_SHIFT
        at = start
        while at < page_end and len(found) < len(replaced):
            words = replaced.get(at)
            if words is not None and self._bytes_at(at, len(words[0])) == words[0]:
                found[at] = words
                if words[1] == TRAPPING[len(words[0])]:
                    break
            at += word_size(int(ram[at - base]))
        return found

    def _put(self, address: Address, word: bytes) -> None:
        at = address - self._memory.base
        self._memory.ram[at : at + len(word)] = np.frombuffer(word, np.uint8)
