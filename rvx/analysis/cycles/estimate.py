"""The estimate of a run: takes what retires, and adds up where the cycles went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from rvx.analysis.cycles.core import Core
from rvx.analysis.cycles.costs import Cost, Costs
from rvx.analysis.cycles.scoreboard import (
    Cause,
    Part,
    QueueWord,
    State,
    Tally,
    UnitWord,
    advance,
    compiled,
    slot_of,
)
from rvx.emulator.native.retire import Retired
from rvx.emulator.tracing.records import Batch
from rvx.isa import Isa
from rvx.isa.bits import Address
from rvx.records import dataclass

_UNSIGNED = (1 << 64) - 1


@dataclass
class Time:
    """Cycles of some part of a program: those in which nothing else moved the run on.

    Attributes:
        executions: of its instructions.
        work: cycles in which one of them was performed.
        waits: cycles in which one of them waited, by the cause.
    """

    executions: int = 0
    work: int = 0
    waits: Counter[Cause] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.waits is None:
            self.waits = Counter()

    @property
    def cycles(self) -> int:
        """All of them."""
        return self.work + sum(self.waits.values())

    def add(self, other: Time) -> None:
        """Adds another part's."""
        self.executions += other.executions
        self.work += other.work
        self.waits.update(other.waits)


@dataclass(frozen=True)
class Estimate:
    """How long a run would take on a core, as far as its description goes.

    Attributes:
        core: the core.
        cycles: of the whole run.
        instructions: that it executed.
        total: the same cycles by cause; what is left at the end is `drain`.
        drain: cycles from the end of the last instruction's work to the last result.
        occupied: cycles in which each port of a unit was occupied, by the name of the unit.
        by_address: cycles by the address of the instruction.
        unclassified: instructions that no standard has, and of which the core's description says
            nothing: they cost what its last class does.
    """

    core: Core
    cycles: int
    instructions: int
    total: Time
    drain: int
    occupied: Mapping[str, int]
    by_address: Mapping[Address, Time]
    unclassified: tuple[str, ...] = ()

    def utilisation(self, unit: str) -> float:
        """The part of all cycles in which a unit was occupied; of all its ports."""
        return self.occupied[unit] / max(self.cycles * self.core.units[unit].ports, 1)


class Estimator:
    """Puts the instructions of a traced run in time.

    Args:
        isa: of the machine.
        core: that is asked about.
        is_compiled: whether the scoreboard is; for a few thousand instructions it takes longer to
            compile than to interpret.
    """

    def __init__(self, isa: Isa, core: Core, *, is_compiled: bool = True) -> None:
        self._isa, self._core, self._is_compiled = isa, core, is_compiled
        self._costs = Costs(isa, core)
        self._known: dict[tuple[int, int], int] = {}
        self._rows: list[tuple[list[int], list[int]]] = []
        self._of_word: dict[int, tuple[list[int], list[int]]] = {}
        parts: dict[Part, list[int]] = {part: [] for part in Part if part is not Part.END}
        places: list[int] = []
        for unit in core.units.values():
            parts[Part.UNITS] += [unit.ports, unit.bits, len(places)]
            places += [0] * unit.ports
        for queue in core.queues.values():
            parts[Part.QUEUES] += [
                queue.depth,
                queue.latency,
                queue.is_in_order,
                0,
                0,
                len(places),
            ]
            places += [0] * queue.depth
        slots = self._costs.slots.count + 8 * 8
        parts[Part.FIRST], parts[Part.LAST] = [0] * slots, [0] * slots
        parts[Part.LOADED], parts[Part.PLACES] = [0] * slots, places
        parts[Part.COUNTERS] = [1] * core.branches.entries
        parts[Part.STATE] = self._begin()
        assert len(parts[Part.UNITS]) == len(core.units) * UnitWord.END
        assert len(parts[Part.QUEUES]) == len(core.queues) * QueueWord.END
        self._parts: dict[Part, Any] = {
            part: self._made(values or [0]) for part, values in parts.items()
        }
        self._enlarge(1 << 8)

    def _begin(self) -> list[int]:
        core = self._core
        state = [0] * State.END
        state[State.WIDTH] = core.issue.width
        state[State.WAITS_FOR_RESULT] = int(core.issue.waits_for_result)
        branches = core.branches
        state[State.PREDICTOR], state[State.ENTRIES] = branches.predictor, branches.entries
        state[State.TAKEN], state[State.MISPREDICTED] = branches.taken, branches.mispredicted
        state[State.JUMP], state[State.JUMP_REGISTER] = branches.jump, branches.jump_register
        state[State.RETURNING] = branches.returning
        state[State.STREAM_LATENCY] = core.streams.latency if core.streams else 0
        state[State.VLEN] = self._isa.vector.vlen if self._isa.vector is not None else 0
        return state

    def _made(self, values: list[int]) -> Any:
        """The form of an array: the interpreter is quicker with lists."""
        return np.array(values, np.int64) if self._is_compiled else list(values)

    def take(self, batch: Batch) -> None:
        """Puts a batch in time; they come in order."""
        records, writes = batch.records.reshape(-1), batch.writes.reshape(-1)
        self._parts[Part.RECORDS] = records if self._is_compiled else records.tolist()
        self._parts[Part.WRITES] = writes if self._is_compiled else writes.tolist()
        at, count = 0, len(batch)
        while True:
            at = self._advance(at, count)
            if at >= count:
                break
            self._learn(int(batch.records[at, Retired.PC]), int(batch.records[at, Retired.WORD]))
        del self._parts[Part.RECORDS], self._parts[Part.WRITES]

    def _advance(self, begin: int, count: int) -> int:
        arrays = [self._parts[part] for part in Part if part is not Part.END]
        if not self._is_compiled:
            return advance(begin, count, self._mask, *arrays)
        addresses = np.array([array.ctypes.data for array in arrays], np.int64)
        most = max(array.size for array in arrays)
        return compiled()(begin, count, self._mask, addresses.ctypes.data, most)

    def _learn(self, pc: int, word: int) -> None:
        """Makes the row of a word at an address."""
        if word not in self._of_word:
            self._of_word[word] = self._costs.row(self._isa.decode(word & _UNSIGNED))
        row, operands = self._of_word[word]
        self._known[pc, word] = len(self._rows)
        self._rows.append((row, operands))
        if 2 * len(self._rows) > self._mask:
            self._enlarge(4 * (self._mask + 1))
        else:
            self._enter(pc, word, len(self._rows) - 1)

    def _enter(self, pc: int, word: int, number: int) -> None:
        """Writes a row where the scoreboard finds it."""
        table, rows, operands = (
            self._parts[part] for part in (Part.TABLE, Part.ROWS, Part.OPERANDS)
        )
        slot = slot_of(pc, word, self._mask)
        while table[3 * slot + 2]:
            slot = slot + 1 & self._mask
        table[3 * slot : 3 * slot + 3] = [pc, word, number + 1]
        row, named = self._rows[number]
        if self._named + len(named) > len(operands):
            self._parts[Part.OPERANDS] = operands = self._longer(operands, len(named))
        rows[number * Cost.END : (number + 1) * Cost.END] = row
        rows[number * Cost.END + Cost.OPERANDS] = self._named
        operands[self._named : self._named + len(named)] = named
        self._named += len(named)

    def _longer(self, values: Any, more: int) -> Any:
        return self._made([*list(values), *[0] * (len(values) + more)])

    def _enlarge(self, size: int) -> None:
        """Makes room for rows, and enters those that there are."""
        self._mask = size - 1
        self._named = 0
        tallies = list(self._parts.get(Part.TALLIES, ()))
        tallies += [0] * (size // 2 * Tally.END - len(tallies))
        self._parts[Part.TABLE] = self._made([0] * (3 * size))
        self._parts[Part.ROWS] = self._made([0] * (size // 2 * Cost.END))
        self._parts[Part.OPERANDS] = self._made([0] * (4 * size))
        self._parts[Part.TALLIES] = self._made(tallies)
        for (pc, word), number in self._known.items():
            self._enter(pc, word, number)

    def estimate(self) -> Estimate:
        """What the instructions so far have taken."""
        tallies, state = self._parts[Part.TALLIES], self._parts[Part.STATE]
        total = Time()
        by_address: dict[Address, Time] = {}
        units = list(self._core.units)
        occupied = dict.fromkeys(units, 0)
        for (pc, _), number in self._known.items():
            found = [int(one) for one in tallies[number * Tally.END : (number + 1) * Tally.END]]
            waits = {cause: found[Tally.WAITS + cause] for cause in Cause}
            time = Time(
                found[Tally.EXECUTIONS],
                found[Tally.WORK],
                Counter({cause: cycles for cause, cycles in waits.items() if cycles}),
            )
            occupied[units[self._rows[number][0][Cost.UNIT]]] += found[Tally.OCCUPIED]
            total.add(time)
            by_address.setdefault(pc & _UNSIGNED, Time()).add(time)
        front, last = int(state[State.FRONT]), int(state[State.LAST])
        cycles = max(front, last)
        return Estimate(
            self._core,
            cycles,
            total.executions,
            total,
            cycles - front,
            occupied,
            dict(sorted(by_address.items())),
            tuple(sorted(self._costs.unclassified)),
        )
