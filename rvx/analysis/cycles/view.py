"""What an estimate of cycles says: as a document, and as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rvx.analysis.cycles.estimate import Estimate, Time
from rvx.analysis.cycles.scoreboard import Cause
from rvx.disassembler.lines import SourceLine
from rvx.emulator import Machine
from rvx.emulator.calls import FunctionMap
from rvx.isa.bits import Address
from rvx.records import dataclass

if TYPE_CHECKING:
    from rich.table import Table

MOST_LINES = 12
"""Lines of source that the table has."""
Places = Callable[[Address], SourceLine | None]


@dataclass(frozen=True)
class Part:
    """A part of a program, and its cycles.

    Attributes:
        function: it is in.
        place: its line of source, if that is known; of a whole function, None.
        begin: its first address.
        time: that it took.
    """

    function: str
    place: SourceLine | None
    begin: Address
    time: Time


def functions_of(machine: Machine, estimate: Estimate) -> list[Part]:
    """The cycles of every function, most first."""
    found = FunctionMap(machine.executable, machine.memory)
    parts = _grouped(estimate, found.at)
    named = [
        Part(found.functions[number].name, None, found.functions[number].begin, time)
        for number, (_, time) in parts.items()
    ]
    return sorted(named, key=lambda one: -one.time.cycles)


def lines_of(machine: Machine, estimate: Estimate, places: Places | None = None) -> list[Part]:
    """The cycles of every line, most first; where no line is known, of every instruction."""
    from rvx.disassembler.lines import LineTable

    if places is None:
        data = machine.executable.data
        places = LineTable(data).find if data else lambda address: None
    found = FunctionMap(machine.executable, machine.memory)
    known = {address: places(address) for address in estimate.by_address}

    def key(address: Address) -> tuple[object, ...]:
        place = known[address]
        return (address,) if place is None else (place.file, place.line)

    parts = [
        Part(found.functions[found.at(begin)].name, known[begin], begin, time)
        for begin, time in _grouped(estimate, key).values()
    ]
    return sorted(parts, key=lambda one: -one.time.cycles)


def _grouped(
    estimate: Estimate, key: Callable[[Address], Any]
) -> Mapping[Any, tuple[Address, Time]]:
    groups: dict[Any, tuple[Address, Time]] = {}
    for address, time in estimate.by_address.items():
        groups.setdefault(key(address), (address, Time()))[1].add(time)
    return groups


def to_json(
    estimate: Estimate, functions: Iterable[Part] = (), lines: Iterable[Part] = ()
) -> dict[str, Any]:
    """The estimate as part of a document."""
    return {
        "core": estimate.core.name,
        "is_estimate": True,
        "cycles": estimate.cycles,
        "instructions": estimate.instructions,
        "drain": estimate.drain,
        **_times(estimate.total),
        "utilisation": {name: estimate.utilisation(name) for name in estimate.core.units},
        "functions": [
            {"name": one.function, "address": one.begin, **_times(one.time)} for one in functions
        ],
        "lines": [
            {
                "file": one.place.file if one.place else None,
                "line": one.place.line if one.place else None,
                "address": one.begin,
                "function": one.function,
                **_times(one.time),
            }
            for one in lines
        ],
        "unclassified": list(estimate.unclassified),
        "unknown": list(estimate.core.unknown),
    }


def _times(time: Time) -> dict[str, Any]:
    return {
        "work": time.work,
        "waits": {cause.name.lower(): time.waits[cause] for cause in Cause},
    }


def summary(estimate: Estimate) -> Table:
    """Where the cycles went, and how busy the units were."""
    table = _table(f"estimated cycles on {estimate.core.name}: {estimate.cycles:,}")
    table.add_column("cycles are spent on")
    table.add_column("cycles", justify="right")
    table.add_column("share", justify="right")
    rows = [("work", estimate.total.work)]
    rows += [(_CAUSES[cause], estimate.total.waits[cause]) for cause in Cause]
    rows.append(("the last results", estimate.drain))
    for name, cycles in rows:
        if cycles:
            table.add_row(name, f"{cycles:,}", _share(cycles, estimate))
    table.add_section()
    for name in estimate.core.units:
        if estimate.occupied[name]:
            cells = f"{estimate.occupied[name]:,}", f"{estimate.utilisation(name):.1%}"
            table.add_row(f"{name} is occupied", *cells)
    return table


def places_table(estimate: Estimate, functions: list[Part], lines: list[Part]) -> Table:
    """The functions and the lines that take most cycles."""
    table = _table("where")
    table.add_column("function or line")
    table.add_column("executed", justify="right")
    table.add_column("cycles", justify="right")
    table.add_column("share", justify="right")
    table.add_column("waits most for")
    for parts in (functions, lines):
        for one in parts[:MOST_LINES]:
            if one.time.cycles:
                name = one.function
                if parts is lines:
                    name = str(one.place or f"{one.function} at {one.begin:#x}")
                cells = f"{one.time.executions:,}", f"{one.time.cycles:,}"
                table.add_row(name, *cells, _share(one.time.cycles, estimate), _most(one.time))
        table.add_section()
    return table


def remarks(estimates: Sequence[Estimate]) -> str:
    """What to know about the numbers of one core, in sentences."""
    core = estimates[0].core
    said = [
        f"these cycles are an estimate for {core.name}, {core.doc}; it leaves out "
        f"{'; '.join(core.unknown) or 'nothing that is known'}"
    ]
    unclassified = sorted({name for one in estimates for name in one.unclassified})
    if unclassified:
        said.append(
            f"the core's description says nothing of {', '.join(unclassified)}, which cost what "
            f"its last class does"
        )
    return "\n".join(f"note: {one}" for one in said)


def _table(title: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    return Table(title=title, box=SIMPLE_HEAD, title_justify="left")


def _share(cycles: int, estimate: Estimate) -> str:
    return f"{cycles / max(estimate.cycles, 1):.1%}"


def _most(time: Time) -> str:
    cause = max(Cause, key=lambda one: time.waits[one])
    waits = time.waits[cause]
    return f"{_CAUSES[cause]}, {waits:,}" if waits else ""


_CAUSES = {
    Cause.DEPENDENCY: "dependencies",
    Cause.MEMORY: "memory",
    Cause.STRUCTURAL: "occupied units",
    Cause.BRANCH: "branches",
    Cause.FRONTEND: "jumps",
}
