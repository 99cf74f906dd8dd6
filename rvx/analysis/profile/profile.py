"""A profile: the exact counts of a run, and its tree of calls, put in relation to its source."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rvx.analysis.profile.traffic import traffic_of
from rvx.disassembler import format_instruction
from rvx.disassembler.lines import LineTable, SourceLine
from rvx.emulator import Machine, RunResult
from rvx.emulator.calls import CallTree
from rvx.emulator.counts import UNKNOWN
from rvx.isa import Isa
from rvx.isa.bits import Address, Word, word_size
from rvx.isa.instruction import BRANCH
from rvx.isa.vector.plan import Access, plan_of

Places = Callable[[Address], SourceLine | None]
"""Gives the source line of an address, if it is known."""


@dataclass
class Costs:
    """What was executed in some part of a program.

    Attributes:
        instructions: executed there, not in what is called from there.
        loaded: bytes that its loads read.
        stored: bytes that its stores wrote.
        untold: executions of instructions that access memory, and do not say how much.
        branches: executions of conditional branches.
        taken: of these, how many were taken.
        macs: multiply-accumulates, as instructions declare or mean them.
        flops: operations on floating-point numbers and posits, likewise.
        elements: active elements of vector instructions.
    """

    instructions: int = 0
    loaded: int = 0
    stored: int = 0
    untold: int = 0
    branches: int = 0
    taken: int = 0
    macs: int = 0
    flops: int = 0
    elements: int = 0

    def per_byte(self, operations: int) -> float | None:
        """Operations for each byte loaded or stored; None where nobody can say it."""
        moved = self.loaded + self.stored
        return operations / moved if moved and not self.untold else None

    def add(self, other: Costs) -> None:
        """Adds another part's."""
        own = vars(self)
        for name, value in vars(other).items():
            own[name] += value


@dataclass(frozen=True)
class Spot:
    """An executed instruction.

    Attributes:
        address: where it stands.
        word: as it stands in memory at the end of the run.
        text: in assembly.
        mnemonic: its name.
        kind: its class, such as `load`.
        extension: which declares it.
        costs: all of its executions.
        place: its source line, if it is known.
        goal: where it leads, if it is a jump or a branch with a fixed target.
    """

    address: Address
    word: Word
    text: str
    mnemonic: str
    kind: str
    extension: str
    costs: Costs
    place: SourceLine | None
    goal: Address | None


@dataclass
class ProfiledFunction:
    """A function that was executed.

    Attributes:
        number: in the tree of calls.
        name: its symbol.
        begin: its address.
        costs: of its own instructions.
        inclusive: instructions executed while it was active, with all that it called.
        calls: how often it was called, or jumped to from another function.
        spots: its executed instructions, in the order of addresses.
    """

    number: int
    name: str
    begin: Address
    costs: Costs = field(default_factory=Costs)
    inclusive: int = 0
    calls: int = 0
    spots: list[Spot] = field(default_factory=list)


@dataclass(frozen=True)
class Loop:
    """Code from the target of a jump backwards to that jump.

    Attributes:
        begin: its first address.
        end: its last instruction's.
        function: the name of the function that it is in.
        turns: how often its first instruction was executed.
        instructions: executed between both, without loops within.
        place: source line of its first instruction.
    """

    begin: Address
    end: Address
    function: str
    turns: int
    instructions: int
    place: SourceLine | None


@dataclass(frozen=True)
class Profile:
    """Where the instructions of a run went.

    Attributes:
        name: of the program.
        total: of everything.
        functions: that were executed, the one with most instructions of its own first.
        by_mnemonic: executions by mnemonic, the most frequent first.
        by_kind: by class.
        by_extension: by the extension that declares the instruction.
        lines: costs by source line, the heaviest first.
        loops: the heaviest first.
        tree: who called whom.
    """

    name: str
    total: Costs
    functions: tuple[ProfiledFunction, ...]
    by_mnemonic: Mapping[str, int]
    by_kind: Mapping[str, int]
    by_extension: Mapping[str, int]
    lines: Mapping[SourceLine, Costs]
    loops: tuple[Loop, ...]
    tree: CallTree

    def share(self, instructions: int) -> str:
        """Of all instructions, in percent."""
        return f"{instructions / max(self.total.instructions, 1):.1%}"


def profile_of(
    machine: Machine, result: RunResult, places: Places | None = None, name: str = ""
) -> Profile:
    """The profile of the last run of a machine that follows calls.

    Args:
        machine: made with `follow_calls`.
        result: of its last run.
        places: source lines by address; by default those of the program's debug information.
        name: of the program; by default that of its file.

    Raises:
        ValueError: the machine does not follow calls.
    """
    tree = result.calls
    if tree is None:
        raise ValueError("a profile needs Machine(..., follow_calls=True)")
    if places is None:
        places = places_of(machine)
    functions = [ProfiledFunction(n, f.name, f.begin) for n, f in enumerate(tree.functions)]
    for number, inclusive in enumerate(tree.inclusive()):
        functions[number].inclusive = inclusive
    for call in tree.calls:
        functions[call.callee].calls += call.calls
    begins = [function.begin for function in tree.functions]
    total = Costs()
    extensions: Counter[str] = Counter()
    lines: dict[tuple[str, int], tuple[SourceLine, Costs]] = {}
    writer = _Writer(machine)
    for address, executions in result.executions.items():
        word = machine.memory.word(address) or 0
        spot = writer.spot(address, word, executions, places(address))
        number = bisect_right(begins, address) - 1
        functions[number].spots.append(spot)
        functions[number].costs.add(spot.costs)
        total.add(spot.costs)
        extensions[spot.extension] += executions
        if spot.place is not None:
            key = (spot.place.file, spot.place.line)
            lines.setdefault(key, (SourceLine(*key), Costs()))[1].add(spot.costs)
    executed = [function for function in functions if function.spots]
    return Profile(
        name or machine.executable.name,
        total,
        tuple(sorted(executed, key=lambda one: -one.costs.instructions)),
        result.by_mnemonic,
        result.by_kind,
        dict(extensions.most_common()),
        dict(sorted(lines.values(), key=lambda one: -one[1].instructions)),
        tuple(sorted(_loops(executed), key=lambda one: -one.instructions)),
        tree,
    )


def places_of(machine: Machine) -> Places:
    """The source lines of a machine's program, by its debug information."""
    if not machine.executable.data:
        return lambda address: None
    return LineTable(machine.executable.data).find


def places_in(program: Any) -> Places:
    """Source lines of an assembled program; debug information that it brings along goes first."""
    table = LineTable(program.to_elf())

    def find(address: int) -> SourceLine | None:
        location = program.line_at(address)
        known = table.find(address)
        if known is not None or location is None:
            return known
        return SourceLine(location.file, location.line)

    return find


class _Writer:
    """Makes spots; what depends on the word alone is made once."""

    def __init__(self, machine: Machine) -> None:
        self._isa: Isa = machine.isa
        self._counter = machine.hart.counter
        assert machine.hart.counter.calls is not None
        self._calls = machine.hart.counter.calls
        self._traffic = cache(traffic_of)

    def spot(self, address: Address, word: Word, executions: int, place: SourceLine | None) -> Spot:
        decoded = self._isa.decode(word)
        costs = Costs(executions)
        if decoded is None:
            text = f".{2 * word_size(word)}byte {word:#x}"
            return Spot(address, word, text, UNKNOWN, UNKNOWN, UNKNOWN, costs, place, None)
        made, does = decoded.instruction, decoded.expanded
        traffic = self._traffic(does.instruction)
        plan = plan_of(does.instruction.body)
        is_vector = "v" in does.instruction.requests
        if is_vector:
            costs.elements, moved = self._counter.vector_at(address)
            if isinstance(plan, Access):
                traffic = (0, 0)
                costs.loaded, costs.stored = (0, moved) if plan.is_store else (moved, 0)
        operations, times = does.instruction.operations, costs.elements if is_vector else executions
        costs.macs, costs.flops = operations.macs * times, operations.flops * times
        if traffic is None:
            costs.untold = executions
        elif not is_vector:
            costs.loaded, costs.stored = (executions * size for size in traffic)
        if does.instruction.kind == BRANCH:
            costs.branches = executions
            costs.taken = executions - self._calls.not_taken(address, word_size(word))
        is_call = does.values.get("rd", 0) != 0
        target = None if is_call else does.instruction.target
        goal = None if target is None else address + does.values[target.name]
        text = " ".join(format_instruction(decoded, self._isa, address=address).split())
        kind = made.category
        return Spot(address, word, text, made.mnemonic, kind, made.extension, costs, place, goal)


def _loops(functions: Iterable[ProfiledFunction]) -> Iterable[Loop]:
    for function in functions:
        ranges: dict[Address, Address] = {}
        first = function.spots[0].address
        for spot in function.spots:
            if spot.goal is not None and first <= spot.goal <= spot.address:
                ranges[spot.goal] = max(ranges.get(spot.goal, 0), spot.address)
        addresses = [spot.address for spot in function.spots]
        own: dict[Address, int] = dict.fromkeys(ranges, 0)
        open_loops: list[Address] = []
        for spot in function.spots:
            while open_loops and ranges[open_loops[-1]] < spot.address:
                open_loops.pop()
            if spot.address in ranges:
                open_loops.append(spot.address)
            if open_loops:
                own[open_loops[-1]] += spot.costs.instructions
        for begin, instructions in own.items():
            head = bisect_right(addresses, begin) - 1
            if addresses[head] == begin and instructions:
                spot = function.spots[head]
                turns = spot.costs.instructions
                yield Loop(begin, ranges[begin], function.name, turns, instructions, spot.place)


class Sources:
    """The text of source lines, as far as files are there."""

    def __init__(self) -> None:
        self._files: dict[str, list[str]] = {}

    def text(self, place: SourceLine) -> str:
        """A line, empty if its file cannot be read."""
        if place.file not in self._files:
            try:
                text = Path(place.file).read_text("utf-8", "replace")
            except (OSError, ValueError):
                text = ""
            self._files[place.file] = text.splitlines()
        lines = self._files[place.file]
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""
