"""Exact executions per instruction, from the blocks that the compiled hook counts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from heapq import heappop, heappush
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import hooks, sparse
from rvx.emulator.calls import Calls
from rvx.emulator.context import Context, Field
from rvx.emulator.memory import PAGE, GuestMemory
from rvx.emulator.native.elements import ACTIVE, BYTES, CAPACITY, COLUMNS
from rvx.emulator.touched import TouchedPages
from rvx.isa import Isa
from rvx.isa.bits import Address, Word, word_size
from rvx.isa.instruction import CUSTOM
from rvx.isa.memory import PAGE_SHIFT
from rvx.isa.vector.state import STATE as VECTOR
from rvx.records import dataclass, replace

UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class ElementCounts:
    """What vector instructions worked on, exactly.

    Attributes:
        active: elements that were worked on.
        masked_off: elements below vl that were not, since their bit of v0 was 0.
        capacity: elements that there could have been: VLMAX for each execution.
        bytes: that loads and stores have moved.
        macs: multiply-accumulates, as the instruction declares them for an element.
    """

    active: int = 0
    masked_off: int = 0
    capacity: int = 0
    bytes: int = 0
    macs: int = 0

    @property
    def utilisation(self) -> float:
        """The share of the vector length that was used; 0 where nothing was executed."""
        return self.active / self.capacity if self.capacity else 0.0

    def __add__(self, other: ElementCounts) -> ElementCounts:
        """Both together."""
        return ElementCounts(
            self.active + other.active,
            self.masked_off + other.masked_off,
            self.capacity + other.capacity,
            self.bytes + other.bytes,
            self.macs + other.macs,
        )


@dataclass(frozen=True)
class Snapshot:
    """What the tables of a counter held at some moment.

    Attributes:
        changes: how many more blocks begin at a halfword than end there, where that is not 0.
        repeated: executions without a fetch, by halfword.
        elements: rows of vector instructions, by halfword.
    """

    changes: dict[int, int]
    repeated: dict[int, int]
    elements: dict[int, tuple[int, ...]]


@dataclass(frozen=True)
class _Table:
    """The numbers of a run of halfwords, of which the first is given."""

    first: int
    differences: NDArray[np.int64]
    repeated: NDArray[np.int64]
    elements: NDArray[np.int64] | None

    def add_to(self, snapshot: Snapshot) -> None:
        """Adds what is beside blocks."""
        for found, numbers in (
            (snapshot.changes, self.differences),
            (snapshot.repeated, self.repeated),
        ):
            at = np.flatnonzero(numbers)
            found.update(zip((at + self.first).tolist(), numbers[at].tolist(), strict=True))
        if self.elements is not None:
            for row in np.flatnonzero(self.elements[:, CAPACITY]).tolist():
                snapshot.elements[self.first + row] = tuple(self.elements[row].tolist())


class Counts:
    """Exact executions, added up when somebody asks for the first time.

    Code that was overwritten counts as what it is then; `total` asks. The stub page, where calls
    return to, is left out.

    Args:
        isa: what words mean.
        memory: where they are.
        snapshot: gives that of a counter.
    """

    def __init__(self, isa: Isa, memory: GuestMemory, snapshot: Callable[[], Snapshot]) -> None:
        self._isa, self._memory, self._take = isa, memory, snapshot

    @cached_property
    def _snapshot(self) -> Snapshot:
        return self._take()

    @cached_property
    def _rows(self) -> list[tuple[Address, Word, int, int]]:
        """Every executed address in order, with its word, executions and fetches."""
        first, repeated = self._memory.executable_begin, self._snapshot.repeated
        return [
            (address, word, running, running - repeated.get((address - first) >> 1, 0))
            for address, word, running in _flow(self._memory, dict(self._snapshot.changes))
        ]

    @cached_property
    def _sums(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Executions by mnemonic and by kind, and fetches by mnemonic."""
        words: dict[Word, tuple[int, int]] = {}
        for _, word, running, once in self._rows:
            all_of_it, fetches_of_it = words.get(word, (0, 0))
            words[word] = all_of_it + running, fetches_of_it + once
        mnemonics, kinds, fetched = Counter[str](), Counter[str](), Counter[str]()
        for word, (running, once) in words.items():
            made = self._isa.find(word)
            mnemonics[made.mnemonic if made else UNKNOWN] += running
            kinds[made.category if made else UNKNOWN] += running
            fetched[made.mnemonic if made else UNKNOWN] += once
        orders = (mnemonics, kinds, fetched)
        return tuple(dict(one.most_common()) for one in orders)  # type: ignore[return-value]

    @cached_property
    def executions(self) -> dict[Address, int]:
        """By address, for addresses that were executed, in order."""
        return {address: running for address, _, running, _ in self._rows}

    @cached_property
    def fetches(self) -> dict[Address, int]:
        """As `executions`, but what the hart repeats by itself is fetched once."""
        return {address: once for address, _, _, once in self._rows}

    @property
    def by_mnemonic(self) -> dict[str, int]:
        """By mnemonic, most frequent first."""
        return self._sums[0]

    @property
    def by_kind(self) -> dict[str, int]:
        """By category of instruction, most frequent first."""
        return self._sums[1]

    @property
    def fetched_by_mnemonic(self) -> dict[str, int]:
        """Fetches by mnemonic, most frequent first."""
        return self._sums[2]

    @property
    def custom(self) -> int:
        """Of instructions that no standard has, as in `by_kind`."""
        return self.by_kind.get(CUSTOM, 0)

    @property
    def fetched(self) -> int:
        """All fetches."""
        return sum(self.fetches.values())

    @property
    def total(self) -> int:
        """All executions."""
        return sum(self.executions.values())

    @cached_property
    def elements(self) -> dict[str, ElementCounts]:
        """Of vector instructions, by mnemonic, in the order of `by_mnemonic`."""
        found: dict[str, ElementCounts] = {}
        words = {address: word for address, word, _, _ in self._rows}
        for index, row in self._snapshot.elements.items():
            made = self._isa.find(words.get(self._memory.executable_begin + 2 * index, 0))
            if made is not None:
                counts = _element_counts(row, made.operations.macs)
                found[made.mnemonic] = found.get(made.mnemonic, ElementCounts()) + counts
        return {name: found[name] for name in self.by_mnemonic if name in found}


def _element_counts(row: tuple[int, ...], macs: int) -> ElementCounts:
    body, active, capacity, moved = row
    return ElementCounts(active, body - active, capacity, moved, active * macs)


def _flow(memory: GuestMemory, flow: dict[int, int]) -> Iterator[tuple[Address, Word, int]]:
    """Every executed address in order, with its word and executions, from changes of them.

    An instruction is executed as often as those before it that end where it begins, plus the
    blocks that begin there, less those that end there. Following the lengths of instructions
    keeps code apart that is executed from the middle of other instructions.
    """
    first = memory.executable_begin
    # Halfwords, since a large program has executed a hundred thousand of them.
    code = memory.view[first - memory.base : memory.executable_end - memory.base].cast("H")
    end = len(code)
    queue = sorted(flow)
    edges, levels = list(queue), list(accumulate(flow[index] for index in queue))
    while queue:
        index = heappop(queue)
        # Where code was overwritten, its lengths may no longer lead to where blocks ended.
        running = min(flow.pop(index), levels[bisect_right(edges, index) - 1])
        address = first + 2 * index
        if running <= 0 or memory.stub <= address < memory.stub + PAGE:
            continue
        word = code[index]
        if word & 0x1F == 0x1F or index + 1 == end:
            word = memory.word(address) or 0
        elif word & 3 == 3:
            word |= code[index + 1] << 16
        yield address, word, running
        following = index + (word_size(word) >> 1)
        if following not in flow:
            heappush(queue, following)
        flow[following] = flow.get(following, 0) + running


def _searched(tables: Iterable[_Table]) -> Snapshot:
    found = Snapshot({}, {}, {})
    for table in tables:
        table.add_to(found)
    return found


class BlockCounter:
    """What the block hook writes: for every halfword of executable memory, a block's count.

    The tables are sparse: only those of executed pages take memory, and are looked at.

    A block that begins at a halfword has (executions, bytes) there. When its size changes, because
    it was translated anew with another end, the hook moves the executions to `differences`: how
    many more executions begin at a halfword than end there.

    Attributes:
        calls: follows calls, if somebody wants that.
        has_blocks: whether the core runs, and counts by block; it marks pages of those once.
    """

    calls: Calls | None = None
    has_blocks = True

    def __init__(self, context: Context, memory: GuestMemory) -> None:
        self._context = context
        self._words = context.words
        self._memory = memory
        halfwords = (memory.executable_end - memory.executable_begin + 1) // 2
        self.touched = TouchedPages(context, memory)
        self.blocks: NDArray[np.int64] = sparse.zeros(2 * halfwords + 4, np.int64).reshape(-1, 2)
        self.differences: NDArray[np.int64] = sparse.zeros(halfwords + 2, np.int64)
        self._lengths = sparse.zeros(halfwords + 2, np.int64)
        self._words[Field.EXEC_BASE] = memory.executable_begin
        self._words[Field.EXEC_HALFWORDS] = halfwords
        self._words[Field.BLOCKS] = self.blocks.ctypes.data
        self._no_blocks: NDArray[np.int64] = sparse.zeros(self.blocks.size, np.int64)
        self.resume()
        self._words[Field.DIFFERENCES] = self.differences.ctypes.data
        self.repeated: NDArray[np.int64] = sparse.zeros(halfwords + 2, np.int64)
        self._words[Field.REPEATED] = self.repeated.ctypes.data
        self._words[Field.BLOCK_LENGTHS] = self._lengths.ctypes.data
        self._ends: NDArray[np.int64] = sparse.zeros(halfwords + 2, np.int64)
        self._words[Field.ENDS] = self._ends.ctypes.data
        self._words[Field.STUB] = memory.stub
        self._has_vectors = VECTOR in context.offsets
        if self._has_vectors:
            self._words[Field.ELEMENTS] = self.elements.ctypes.data

    @cached_property
    def elements(self) -> NDArray[np.int64]:
        """Elements of vector instructions, see `rvx.emulator.native.elements`."""
        return sparse.zeros(len(self.differences) * COLUMNS, np.int64).reshape(-1, COLUMNS)

    def vector_at(self, address: Address) -> tuple[int, int]:
        """Active elements of the vector instruction at an address, and the bytes that it moved."""
        if not self._has_vectors:
            return 0, 0
        row = self.elements[(address - self._memory.executable_begin) >> 1]
        return int(row[ACTIVE]), int(row[BYTES])

    def request_stop(self, how: int = 1) -> None:
        """Makes the hook of the next block stop the core; called from another thread.

        With `STOP_NOW`, a repetition is left where it stands, too.

        The core must not be stopped at any other moment: between an inline word and the nop in its
        place, nobody could tell whether it was performed. The fast hook is shown a table in which
        no block is known, so that it goes the slow way, where the wish is looked at.
        """
        self._words[Field.STOP] = how
        self._show(self._no_blocks)
        if self.calls is not None:
            self.calls.interrupt()

    def resume(self) -> None:
        """Takes the wish to stop back."""
        self._words[Field.STOP] = 0
        self._show(self.blocks)

    def _show(self, table: NDArray[np.int64]) -> None:
        biased = table.ctypes.data - 8 * self._memory.executable_begin
        self._words[Field.BLOCKS_BIASED] = biased

    def clear(self) -> None:
        """Begins to count anew."""
        for first, end in self.touched.runs():
            self.blocks[first:end] = 0
            self.differences[first:end] = 0
            self.repeated[first:end] = 0
            if self._has_vectors:
                self.elements[first:end] = 0
        if not self.has_blocks:
            self.touched.forget()
        if self.calls is not None:
            self.calls.begin()
        self.forget_block()

    def carry(self) -> None:
        """Begins to count anew by address, while `executed` goes on."""
        self._words[Field.CARRIED] = self.executed()
        self.clear()

    def forget_block(self) -> None:
        """Says that no block has begun since, so that there is nothing to take back."""
        self._words[Field.BLOCK_BEGIN] = -1
        if self.calls is not None:
            self.calls.look()

    def executed(self) -> int:
        """Instructions executed so far; the hart has stopped, and has taken back what it has to."""
        count = hooks.function("progress")(self._context.address(0))
        return count

    def count_one(self, pc: Address, size: int) -> None:
        """Counts one execution of an instruction that no block holds."""
        self.touched.mark(pc, pc + size)
        at = (pc - self._memory.executable_begin) >> 1
        self.differences[at] += 1
        self.differences[at + (size >> 1)] -= 1
        if self.calls is not None:
            self.calls.add(1)

    def count_repeated(self, pc: Address, executions: int) -> None:
        """Counts a 32-bit word that was fetched once, if at all, and performed so often."""
        self.touched.mark(pc, pc + 4)
        at = (pc - self._memory.executable_begin) >> 1
        self.differences[at] += executions
        self.differences[at + 2] -= executions
        self.repeated[at] += max(executions - 1, 0)
        if self.calls is not None:
            self.calls.add(executions)

    def take_back(self, pc: Address) -> None:
        """Takes back the part of the last block, from pc on, that was counted and not executed."""
        begin = int(self._words[Field.BLOCK_BEGIN])
        if begin < 0:
            return
        first = self._memory.executable_begin
        end = begin + int(self.blocks[(begin - first) >> 1, 1])
        if begin <= pc < end:
            self.differences[(pc - first) >> 1] -= 1
            self.differences[(end - first) >> 1] += 1
            if self.calls is not None and begin >> PAGE_SHIFT != self._memory.stub >> PAGE_SHIFT:
                self.calls.take_back(pc, end)
        self.forget_block()

    def snapshot(self) -> Callable[[], Snapshot]:
        """What has been counted since `clear`, for `Counts`, which adds it up.

        Without blocks it is a copy of few pages, which are searched when somebody asks.
        """
        if self.has_blocks:
            taken = self._searched()
            return lambda: taken
        return partial(_searched, [self._table(*run, copy=True) for run in self.touched.runs()])

    def _searched(self) -> Snapshot:
        found = _searched(self._table(*run) for run in self.touched.runs())
        return replace(found, changes=self._changes())

    def _table(self, first: int, end: int, *, copy: bool = False) -> _Table:
        elements = self.elements[first:end] if self._has_vectors else None
        table = _Table(first, self.differences[first:end], self.repeated[first:end], elements)
        if not copy:
            return table
        copied = None if elements is None else elements.copy()
        return _Table(first, table.differences.copy(), table.repeated.copy(), copied)

    def runs(self) -> list[tuple[int, int, int]]:
        """Runs of halfwords that were executed equally often, as (first, end, executions).

        While the hart runs, the numbers are those of about this moment.
        """
        changes = self._changes()
        edges = list(changes)
        levels = list(accumulate(changes.values()))
        return [(edges[i], edges[i + 1], levels[i]) for i in range(len(edges) - 1) if levels[i] > 0]

    def _changes(self) -> dict[int, int]:
        """How many more blocks begin at a halfword than end there, where that is not 0."""
        found: dict[int, int] = {}
        for first, end in self.touched.runs():
            blocks = self.blocks[first:end]
            begins = np.flatnonzero(blocks[:, 0] != 0)  # a copy, see `TouchedPages.runs`
            counts = blocks[begins, 0]
            ends = begins + (blocks[begins, 1] >> 1)
            # A block may end where the next page begins, which is marked then, too.
            changes = np.zeros(max(end - first, int(ends.max(initial=0)) + 1), np.int64)
            known = self.differences[first : first + changes.size]
            changes[: known.size] = known
            changes[begins] += counts
            np.subtract.at(changes, ends, counts)
            found |= {first + int(at): int(changes[at]) for at in np.flatnonzero(changes)}
        return found

    def code(self) -> bytes:
        """A copy of all code that was executed, as it is now."""
        begin = self._memory.executable_begin - self._memory.base
        ram = self._memory.ram
        return b"".join(
            ram[begin + 2 * a : begin + 2 * b].tobytes() for a, b in self.touched.runs()
        )
