"""Boards: which memory and which devices there are beside a program, read from TOML.

instructions-per-tick = 100     # of mtime, which is the counter `time` as well

[[memory]]
at = 0x80000000
size = 0x8000000

[[device]]
kind = "clint"                  # or "uart"
at = 0x02000000

[[device]]
class = "leds.py:Leds"          # a class with `read` and `write`, beside this file
at = 0x40000000
size = 0x100

[end]                           # where the program has ended, by symbol, and the exit code
pass = 0
fail = 1
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rvx.emulator.devices import Device
from rvx.emulator.memory import PAGE, Segment
from rvx.emulator.peripherals import Clint, Uart
from rvx.errors import RvxError
from rvx.isa.bits import Address
from rvx.isa.memory import READABLE, WRITABLE
from rvx.records import dataclass
from rvx.userfiles import MODULE_PREFIX, run_file

SHIPPED = Path(__file__).parent / "boards"
_TICK = 100
_KINDS = {"clint": Clint.SIZE, "uart": Uart.SIZE}
_KEYS = {
    "": {"instructions-per-tick", "memory", "device", "end"},
    "memory": {"at", "size"},
    "device": {"kind", "class", "at", "size"},
}


class BoardProblem(RvxError, ValueError):
    """A file that describes no board; the sentence says where and why."""


@dataclass(frozen=True)
class Place:
    """A device of a board.

    Attributes:
        at: its first address.
        size: bytes from there on.
        kind: `clint`, `uart` or `class`.
        device: one of a user's own.
    """

    at: Address
    size: int
    kind: str
    device: Device | None = None


@dataclass(frozen=True)
class Board:
    """Memory and devices beside a program.

    Attributes:
        memory: first address and size of each piece.
        places: the devices.
        ends: exit codes by the symbol at which a program has ended.
        instructions_per_tick: of the timer.
    """

    memory: tuple[tuple[Address, int], ...] = ()
    places: tuple[Place, ...] = ()
    ends: Mapping[str, int] | None = None
    instructions_per_tick: int = _TICK

    def segments(self, loaded: tuple[Segment, ...]) -> list[Segment]:
        """The memory that the program's own segments leave, as more segments."""
        taken = sorted((one.address & -PAGE, -(-one.end // PAGE) * PAGE) for one in loaded)
        found: list[Segment] = []
        for begin, size in self.memory:
            at, end = begin, begin + size
            for first, last in [*taken, (end, end)]:
                if at < first:
                    room = min(first, end) - at
                    if room > 0:
                        found.append(Segment(at, b"", room, READABLE | WRITABLE))
                at = max(at, last)
                if at >= end:
                    break
        return found


def load_board(name: str) -> Board:
    """Reads a board.

    Args:
        name: path of a TOML file, or the name of one that comes with rvx.

    Raises:
        BoardProblem: there is none, or it says something else than what a board has.
        UserFileError: the file of a device of a user's own fails.
    """
    import tomllib  # Most programs run without a board.

    shipped = {path.stem: path for path in SHIPPED.glob("*.toml")}
    path = Path(name) if Path(name).is_file() else shipped.get(name)
    if path is None:
        known = ", ".join(sorted(shipped))
        raise BoardProblem(f"there is no board '{name}': name a TOML file, or one of {known}")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BoardProblem(f"'{path}' is not TOML: {error}") from None
    return _Reader(path).board(table)


@dataclass(frozen=True)
class _Reader:
    path: Path

    def _fail(self, said: str) -> BoardProblem:
        return BoardProblem(f"'{self.path}': {said}")

    def board(self, table: dict[str, Any]) -> Board:
        self._know(table, "")
        memory = [
            (self._number(row, "at"), self._number(row, "size", least=PAGE))
            for row in self._rows(table, "memory")
        ]
        for at, size in memory:
            if at % PAGE or size % PAGE:
                raise self._fail(f"memory at {at:#x}: address and size are multiples of {PAGE}")
        ends = table.get("end", {})
        if not isinstance(ends, dict) or not all(type(code) is int for code in ends.values()):
            raise self._fail("[end] has a symbol and an exit code in each line")
        ticks = self._number(table, "instructions-per-tick", default=_TICK, least=1)
        places = tuple(self._place(row) for row in self._rows(table, "device"))
        if sum(place.kind == "clint" for place in places) > 1:
            raise self._fail("there is one CLINT at most")
        return Board(tuple(memory), places, ends, ticks)

    def _know(self, table: dict[str, Any], where: str) -> None:
        for key in table.keys() - _KEYS[where]:
            known = ", ".join(sorted(_KEYS[where]))
            raise self._fail(f"'{key}' is nothing that {where or 'a board'} has: {known}")

    def _rows(self, table: dict[str, Any], name: str) -> list[dict[str, Any]]:
        rows = table.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._fail(f"write [[{name}]]")
        for row in rows:
            self._know(row, name)
        return rows

    def _number(
        self, row: dict[str, Any], key: str, default: int | None = None, least: int = 0
    ) -> int:
        value = row.get(key, default)
        if type(value) is not int or not least <= value < 1 << 64:
            raise self._fail(f"'{key}' is a number from {least} on, not {value!r}")
        return value

    def _place(self, row: dict[str, Any]) -> Place:
        at = self._number(row, "at")
        if ("kind" in row) == ("class" in row):
            raise self._fail(f"the device at {at:#x} has a kind, or a class")
        if "class" in row:
            size = self._number(row, "size", least=1)
            return Place(at, size, "class", self._own(row["class"]))
        if row["kind"] not in _KINDS:
            raise self._fail(f"the device at {at:#x} is one of {', '.join(_KINDS)}")
        return Place(
            at, self._number(row, "size", default=_KINDS[row["kind"]], least=1), row["kind"]
        )

    def _own(self, text: Any) -> Device:
        file, _, name = str(text).partition(":")
        path = self.path.parent / file
        module = run_file(path, MODULE_PREFIX + path.stem)
        made = getattr(module, name, None)
        if not isinstance(made, type):
            raise self._fail(f"class = \"{text}\": '{path}' has no class '{name}'")
        device = made()
        if not all(callable(getattr(device, part, None)) for part in ("read", "write")):
            raise self._fail(f"class = \"{text}\": a device has 'read' and 'write'")
        found: Device = device
        return found
