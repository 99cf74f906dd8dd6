"""Follows calls: the tables of the compiled tree of calls, and the tree as it is after a run."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import hooks, sparse
from rvx.emulator.context import Context, Field
from rvx.emulator.loader import Executable
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native.calls import RESERVED, Edge, Leaves, Node, Open, Plan, Record
from rvx.emulator.touched import TouchedPages
from rvx.isa import Decoded, Isa
from rvx.isa.bits import Address, word_size
from rvx.records import dataclass, field

MOST_NODES = 1 << 20
MOST_EDGES = 1 << 21
MOST_OPEN = 1 << 20
"""Calls that are open at once; nobody returns to deeper ones by name."""
OUTSIDE = "(outside)"
_LINKS = (1, 5)
_COUNTED = [int(Edge.CALLS), int(Edge.COST), int(Edge.SPENT)]
"""What is added up of an edge."""


@dataclass(frozen=True)
class Function:
    """A run of code under one name.

    Attributes:
        name: its symbol, or its address where there is none.
        begin: its first address.
        end: the address behind it.
    """

    name: str
    begin: Address
    end: Address


@dataclass(frozen=True)
class Frame:
    """A function as one chain of callers reached it; a function is on no chain twice.

    Attributes:
        function: number of the function, in `CallTree.functions`; -1 for the root, which is none.
        parent: number of the frame that it was called from; -1 for the root.
        own: instructions executed in it.
        total: instructions executed in it and in all frames below. A function that calls itself, by
            whatever way, comes back to its frame: what it calls is below that one.
    """

    function: int
    parent: int
    own: int
    total: int


@dataclass(frozen=True)
class Call:
    """All calls of one function from one place.

    Attributes:
        site: address of the instruction that calls.
        target: address that it leads to.
        caller: number of the function that it stands in; 0 for none.
        callee: number of the function that is called.
        calls: how often.
        cost: instructions executed until they came back. Of a function that was active already the
            calls cost nothing more, so that the costs of all calls of a function are what was
            executed while it was active.
        is_jump: whether it is a jump that leads to another function, such as a tail call.
    """

    site: Address
    target: Address
    caller: int
    callee: int
    calls: int
    cost: int
    is_jump: bool


@dataclass(frozen=True)
class CallTree:
    """Who called whom in a run, exactly.

    Attributes:
        functions: all functions of the program; the first stands for what is none of them.
        frames: the tree; callers come before those that they call.
        calls: by place and target, in the order of places.
        is_complete: whether there was room for all chains of callers; else the deepest ones hang
            from the root.
    """

    functions: tuple[Function, ...]
    frames: tuple[Frame, ...]
    calls: tuple[Call, ...]
    is_complete: bool

    def inclusive(self) -> list[int]:
        """Instructions executed while a function was active, by its number."""
        found = [0] * len(self.functions)
        for call in self.calls:
            found[call.callee] += call.cost
        return found


class FunctionMap:
    """Which function code belongs to.

    Functions are what the file says is one, global symbols in code, the entry point, and symbols
    that a call leads to. Each goes on to the next one; labels within are no functions.

    Args:
        executable: the program.
        memory: where it is loaded.
    """

    def __init__(self, executable: Executable, memory: GuestMemory) -> None:
        names: dict[Address, str] = {}
        inside: list[tuple[Address, Address]] = []
        code = [
            one
            for one in executable.symbols
            if memory.is_executable(one.address)
            and not one.name.startswith((".L", "$", "__global_pointer$"))
            and _is_code(executable, one.address)
        ]
        for symbol in code:
            if symbol.is_function:
                names.setdefault(symbol.address, symbol.name)
                inside.append((symbol.address, symbol.address + symbol.size))
        inside.sort()
        starts = [begin for begin, _ in inside]
        called = _called(executable, memory)
        for symbol in code:
            at = bisect_right(starts, symbol.address - 1) - 1
            is_within = at >= 0 and symbol.address < inside[at][1]
            is_start = symbol.is_global or symbol.address in called
            if is_start and not is_within:
                names.setdefault(symbol.address, symbol.name)
        for at in (executable.entry, *(begin for begin, _ in executable.code)):
            if memory.is_executable(at):
                found = executable.symbols.find(at)
                exact = found is not None and found.address == at
                names.setdefault(at, found.name if found and exact else f"{at:#x}")
        begins = sorted(names)
        limits = [*begins[1:], memory.executable_end]
        self.functions = (
            Function(OUTSIDE, 0, 0),
            *(Function(names[a], a, b) for a, b in zip(begins, limits, strict=True)),
        )
        self._begins = begins

    def at(self, address: Address) -> int:
        """The number of the function that an address belongs to."""
        return bisect_right(self._begins, address)


def _is_code(executable: Executable, address: Address) -> bool:
    return not executable.code or any(a <= address < b for a, b in executable.code)


def _called(executable: Executable, memory: GuestMemory) -> set[Address]:
    """Where words lead that are calls by jal, or by auipc and jalr, if they are instructions."""
    found: set[Address] = set()
    for begin, end in executable.code:
        if not memory.is_executable(begin):
            continue
        code = memory.ram[begin - memory.base : end - memory.base]
        halves = np.frombuffer(code[: code.size & ~1].tobytes(), "<u2").astype(np.int64)
        if halves.size < 4:
            halves = np.pad(halves, (0, 4 - halves.size))
        words = halves[:-1] | halves[1:] << 16
        at = np.flatnonzero((words & 0xFFF) == 0x0EF)
        word = words[at]
        offset = (
            (word >> 31 & 1) * -(1 << 20)
            | word & 0xFF000
            | (word >> 20 & 1) << 11
            | (word >> 20 & 0x7FE)
        )
        found.update((begin + 2 * at + offset).tolist())
        far = np.flatnonzero(((words[:-2] & 0xFFF) == 0x097) & ((words[2:] & 0xFFFFF) == 0x080E7))
        upper = (words[far] & 0xFFFFF000 ^ 0x80000000) - 0x80000000
        lower = (words[far + 2] >> 20 ^ 0x800) - 0x800
        found.update((begin + 2 * far + upper + lower).tolist())
    return found


@dataclass(frozen=True)
class _Numbers:
    """What was counted up to some moment: in all, by node, by edge, and by halfword."""

    total: int = 0
    moved: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    edges: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    falls: Counter[int] = field(default_factory=Counter)


def _grown(numbers: NDArray[np.int64], like: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same with zeros for what has come since."""
    found = np.zeros_like(like)
    found[: len(numbers)] = numbers
    return found


class Calls:
    """The tables that the hooks follow calls with.

    Args:
        isa: what words mean.
        executable: the program.
        memory: where it is loaded.
        context: shared with the hooks.
        blocks: the table of counts.
        touched: which pages of code were executed.
    """

    def __init__(
        self,
        isa: Isa,
        executable: Executable,
        memory: GuestMemory,
        context: Context,
        blocks: NDArray[np.int64],
        touched: TouchedPages,
    ) -> None:
        self._isa = isa
        self._memory = memory
        self._context = context
        self._blocks = blocks
        self._first = memory.executable_begin
        self.map = FunctionMap(executable, memory)
        halfwords = (memory.executable_end - self._first + 1) // 2 + 2
        self._plans: NDArray[np.int64] = sparse.zeros(halfwords, np.int64)
        self._no_plans: NDArray[np.int64] = sparse.zeros(halfwords, np.int64)
        self._falls: NDArray[np.int64] = sparse.zeros(halfwords, np.int64)
        self._numbers: NDArray[np.int32] = sparse.zeros(halfwords, np.int32)
        for number, function in enumerate(self.map.functions[1:], 1):
            section = next((b for a, b in executable.code if a <= function.begin < b), None)
            end = min(function.end, section or function.end)
            first = function.begin - self._first >> 1
            self._numbers[first : max(end - self._first >> 1, first)] = number
        self._nodes: NDArray[np.int64] = sparse.zeros(MOST_NODES * Node.END, np.int64)
        self._edges: NDArray[np.int64] = sparse.zeros(MOST_EDGES * Edge.END, np.int64)
        self._stack: NDArray[np.int64] = sparse.zeros(MOST_OPEN * Open.END, np.int64)
        self._hash: NDArray[np.int64] = sparse.zeros(2 * MOST_EDGES, np.int64)
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(self._classify)
        self._touched = touched
        self._before = _Numbers()
        self._part: _Numbers | None = None
        self._active = np.zeros(len(self.map.functions), np.int64)
        self.record = np.zeros(Record.END, np.int64)
        context.words[Field.CALLS] = self.record.ctypes.data

    def begin(self) -> None:
        """Begins anew: nothing was called."""
        record = self.record
        nodes = (int(record[Record.NODES_TOP]) - self._nodes.ctypes.data) // (8 * Node.END)
        edges = (int(record[Record.EDGES_TOP]) - self._edges.ctypes.data) // (8 * Edge.END)
        self._nodes[: max(nodes, 0) * Node.END] = 0
        self._edges[: max(edges, 0) * Edge.END] = 0
        for table in (self._hash, self._plans, self._falls):
            sparse.clear(table.view(np.uint8), 0, table.nbytes)
        compiled = hooks.addresses()
        record[:] = 0
        self._before, self._part = _Numbers(), None
        self._active[:] = 0
        record[Record.ACTIVE] = self._active.ctypes.data
        record[Record.ARRIVE] = compiled["arrive"]
        record[Record.RETURNED] = compiled["returned"]
        record[Record.SLOW] = compiled["followed_block"]
        record[Record.NODE] = record[Record.NODES] = self._nodes.ctypes.data
        record[Record.NODES_TOP] = record[Record.NODES] + 8 * Node.END
        self._nodes[Node.FUNCTION] = -1
        record[Record.NODES_END] = record[Record.NODES] + self._nodes.nbytes
        record[Record.EDGES] = record[Record.EDGES_TOP] = self._edges.ctypes.data
        record[Record.EDGES_END] = record[Record.EDGES] + self._edges.nbytes
        record[Record.STACK] = record[Record.TOP] = self._stack.ctypes.data
        record[Record.STACK_END] = record[Record.STACK] + self._stack.nbytes
        record[Record.HASH] = self._hash.ctypes.data
        record[Record.HASH_MASK] = self._hash.size - 1
        record[Record.KNOWN_PLANS] = self._plans.ctypes.data - 4 * self._first
        record[Record.FALLS] = self._falls.ctypes.data - 4 * self._first
        record[Record.NO_PLANS] = self._no_plans.ctypes.data - 4 * self._first
        record[Record.BLOCKS] = self._blocks.ctypes.data - 8 * self._first
        record[Record.FUNCTIONS] = self._numbers.ctypes.data - 2 * self._first
        record[Record.CLASSIFY] = ctypes.cast(self._callback, ctypes.c_void_p).value or 0
        self.look()

    def look(self) -> None:
        """Has the next block looked at: it may be in any function."""
        self.record[Record.PENDING] = self.record[Record.PENDING] or Leaves.LOOK
        self.interrupt()

    def interrupt(self) -> None:
        """Has the hook of the next block go the slow way; may be called from another thread."""
        self.record[Record.PLANS] = self.record[Record.NO_PLANS]

    def forget(self, start: Address) -> None:
        """The block at an address was made anew."""
        self._plans[start - self._first >> 1] = 0

    def add(self, instructions: int) -> None:
        """Counts instructions that no block holds."""
        self.record[Record.TOTAL] += instructions

    def take_back(self, pc: Address, end: Address) -> None:
        """The last block, which ends at an address, was left before the instruction at pc."""
        if pc < end:
            self.record[Record.NEXT] = 0
        while pc < end:
            self.record[Record.TOTAL] -= 1
            pc += word_size(self._memory.word(pc) or 0)
        self.record[Record.PENDING] = Leaves.LOOK

    def not_taken(self, pc: Address, size: int) -> int:
        """How often execution went on behind the branch at an address.

        A branch to the instruction behind it counts as not taken.
        """
        at = (pc + size - self._first) >> 1
        return int(self._falls[at]) if self._part is None else self._part.falls[at]

    def _known_falls(self) -> Counter[int]:
        """How often execution fell through to each halfword to which it did."""
        found: Counter[int] = Counter()
        for first, end in self._touched.runs():
            numbers = self._falls[first:end]
            at = np.flatnonzero(numbers)
            found.update(dict(zip((at + first).tolist(), numbers[at].tolist(), strict=True)))
        return found

    def leaves(self, decoded: Decoded | None, pc: Address, size: int) -> Leaves:
        """How a block ends whose last instruction is given; compressed ones may be expanded."""
        own, after = self.function_at(pc), self.function_at(pc + size)
        falls = Leaves.NOWHERE if own == after else Leaves.LOOK
        if decoded is None:
            return Leaves.LOOK
        mnemonic = decoded.instruction.mnemonic
        if mnemonic.startswith("cm.popret"):
            return Leaves.RETURN
        if mnemonic in ("cm.jt", "cm.jalt"):
            return Leaves.CALL if mnemonic == "cm.jalt" else Leaves.JUMP
        made, values = decoded.expanded.instruction, decoded.expanded.values
        if "next_pc" not in made.requests:
            return falls
        if made.mnemonic in ("jal", "jalr") and values["rd"] in _LINKS:
            return Leaves.CALL
        if made.mnemonic == "jalr":
            return Leaves.RETURN if values["rs1"] in _LINKS and not values["rd"] else Leaves.JUMP
        if made.target is None:
            return Leaves.JUMP
        goal = self.function_at(pc + values[made.target.name])
        return Leaves.LOOK if goal != own or (falls and made.mnemonic != "jal") else Leaves.NOWHERE

    def function_at(self, address: Address) -> int:
        """The number of the function that an address belongs to."""
        at = address - self._first >> 1
        return int(self._numbers[at]) if 0 <= at < self._numbers.size else 0

    def _classify(self, start: Address) -> int:
        """What is known of a block beside its size and length; its size is that in the table."""
        at, end = start, start + int(self._blocks[start - self._first >> 1, 1])
        while (following := at + word_size(self._memory.word(at) or 0)) < end:
            at = following
        decoded = self._isa.decode(self._memory.word(at) or 0)
        found = self.leaves(decoded, at, following - at)
        return int(found) << Plan.LEAVES | at - start << Plan.LAST if found else 0

    def begin_part(self) -> None:
        """The part of the run begins that the tree is of."""
        self._close(int(self.record[Record.TOTAL]))
        self._before = self._numbers_now()

    def end_part(self) -> None:
        """That part ends, for now."""
        self._close(int(self.record[Record.TOTAL]))
        now, then = self._numbers_now(), self._before
        have = self._part or _Numbers()
        falls = Counter(have.falls)
        falls.update(now.falls)
        falls.subtract(then.falls)
        self._part = _Numbers(
            now.total - then.total + have.total,
            now.moved - _grown(then.moved, now.moved) + _grown(have.moved, now.moved),
            now.edges - _grown(then.edges, now.edges) + _grown(have.edges, now.edges),
            falls,
        )

    def _close(self, total: int) -> None:
        """Ends all calls that are open, at so many instructions; what follows has no callers."""
        record = self.record
        nodes = self._table(self._nodes, record[Record.NODES_TOP], Node.END)
        edges = self._table(self._edges, record[Record.EDGES_TOP], Edge.END)
        open_calls = self._table(self._stack, record[Record.TOP], Open.END)
        taken = (open_calls[:, Open.EDGE] - int(record[Record.EDGES])) // (8 * Edge.END)
        left, to = self._ends(edges[taken])
        spent = total - open_calls[:, Open.TOTAL]
        np.add.at(edges[:, Edge.SPENT], taken, spent)
        _, first = np.unique(nodes[to, Node.FUNCTION], return_index=True)
        np.add.at(edges[:, Edge.COST], taken[first], spent[first])
        # As `native.calls._spend` does: nothing, but for edges that others had no room for.
        np.subtract.at(nodes[:, Node.MOVED], self._place(open_calls[:, Open.NODE]), spent)
        np.add.at(nodes[:, Node.MOVED], left, spent)
        self._active[:] = 0
        record[Record.TOP], record[Record.NODE] = record[Record.STACK], record[Record.NODES]
        record[Record.LOST], record[Record.SITE] = 0, 0
        record[Record.PENDING] = Leaves.LOOK
        self.interrupt()

    def _place(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of nodes at addresses."""
        return (nodes - int(self.record[Record.NODES])) // (8 * Node.END)

    def _ends(self, edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of the nodes that edges lead away from, and to."""
        return self._place(edges[:, Edge.NODE]), self._place(edges[:, Edge.TO])

    def _numbers_now(self) -> _Numbers:
        record = self.record
        nodes = self._table(self._nodes, record[Record.NODES_TOP], Node.END)
        edges = self._table(self._edges, record[Record.EDGES_TOP], Edge.END)
        return _Numbers(
            int(record[Record.TOTAL]),
            nodes[:, Node.MOVED].copy(),
            edges[:, _COUNTED].copy(),
            self._known_falls(),
        )

    def tree(self, total: int) -> CallTree:
        """The tree after a run of so many instructions, or after its part; open calls end there."""
        record = self.record
        if self._part is None:
            self._close(total)
        nodes = self._table(self._nodes, record[Record.NODES_TOP], Node.END)
        edges = self._table(self._edges, record[Record.EDGES_TOP], Edge.END).copy()
        own = nodes[:, Node.MOVED].copy()
        if self._part is not None:
            total = self._part.total
            own[:] = _grown(self._part.moved, own)
            edges[:, _COUNTED] = _grown(self._part.edges, edges[:, _COUNTED])
        # What is executed in a node is what leads to it less what leads away from it.
        left, to = self._ends(edges)
        own[0] += total
        np.add.at(own, to, edges[:, Edge.SPENT])
        np.subtract.at(own, left, edges[:, Edge.SPENT])
        parents = np.where(nodes[:, Node.PARENT] == 0, -1, self._place(nodes[:, Node.PARENT]))
        totals = own.tolist()
        for number in range(len(totals) - 1, 0, -1):  # Children were made after their parents.
            totals[parents[number]] += totals[number]
        columns = (nodes[:, Node.FUNCTION], parents, own)
        rows = zip(*(column.tolist() for column in columns), totals, strict=True)
        return CallTree(
            self.map.functions,
            tuple(Frame(*row) for row in rows),
            tuple(self._calls(edges)),
            not record[Record.FOLDED],
        )

    def _calls(self, edges: NDArray[np.int64]) -> Iterator[Call]:
        found: dict[tuple[int, int, int], list[int]] = {}
        for _, site, target, _, calls, cost, _, is_jump in edges.tolist():
            if not calls:  # None in the part of the run that is counted.
                continue
            entry = found.setdefault((site, target, is_jump), [0, 0])
            entry[0] += calls
            entry[1] += cost
        for (site, target, is_jump), (calls, cost) in sorted(found.items()):
            caller, callee = self.function_at(site) if site else 0, self.function_at(target)
            yield Call(site, target, caller, callee, calls, cost, bool(is_jump))

    def _table(self, words: NDArray[np.int64], top: int, width: int) -> NDArray[np.int64]:
        return words[: (int(top) - words.ctypes.data) // 8].reshape(-1, width)


assert MOST_NODES > 2 * RESERVED
assert MOST_EDGES > 2 * RESERVED
assert MOST_EDGES & (MOST_EDGES - 1) == 0  # Places in the hash table are found by a mask.
