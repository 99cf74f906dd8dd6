"""A program that is debugged: what stops it, and how it goes on, whoever asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from rvx.debugger.code import Code
from rvx.debugger.registers import Group, Register, Registers
from rvx.emulator import Machine
from rvx.emulator.native.pauses import Hit, Watched
from rvx.emulator.pauses import Watchpoint
from rvx.emulator.regions.floats import use_default_environment
from rvx.emulator.rewind.timeline import Reason, Stop, Timeline, Until
from rvx.errors import RvxError
from rvx.isa.bits import Address

_LOOK = 0.02
"""Seconds after which a waiting thread looks whether somebody wants to stop."""


class DebugProblem(RvxError, ValueError):
    """Something that cannot be done now; the sentence says why."""


@dataclass(frozen=True)
class Condition:
    """What has to hold for a breakpoint to stop the program.

    Attributes:
        text: as it was written.
        evaluate: gives a number, which is not 0 when it holds.
    """

    text: str
    evaluate: Callable[[], int]

    @property
    def holds(self) -> bool:
        """Whether it holds now; also when that cannot be said, so that the user learns of it."""
        try:
            return self.evaluate() != 0
        except DebugProblem:
            return True

    @property
    def problem(self) -> str:
        """Why it cannot be said now whether it holds; empty if it can."""
        try:
            self.evaluate()
        except DebugProblem as error:
            return str(error)
        return ""


@dataclass
class Point:
    """A breakpoint or a watchpoint.

    Attributes:
        number: by which it is named.
        what: what it was asked for as.
        address: of a breakpoint.
        condition: of what does not always stop the program.
        watch: of a watchpoint.
        is_temporary: whether it goes away when it was hit.
        is_enabled: whether it stops anything.
        hits: how often it did.
        old: of a watchpoint, what it held before the change.
    """

    number: int
    what: str
    address: Address | None = None
    watch: Watchpoint | None = None
    condition: Condition | None = None
    is_temporary: bool = False
    is_enabled: bool = True
    hits: int = 0
    old: bytes = field(default=b"", repr=False)

    @property
    def stops(self) -> bool:
        """Whether its condition holds, if it has one."""
        return self.condition is None or self.condition.holds


@dataclass(frozen=True)
class Frame:
    """A function that is active.

    Attributes:
        pc: where it goes on: of those that have called, the address behind the call.
        place: an address of the instruction that it stands at, for its line and its function.
        registers: integer registers by number as they are in it, of those that are known.
    """

    pc: Address
    place: Address
    registers: Mapping[int, int] = field(repr=False)


class Session:
    """A machine, its timeline and its points.

    Args:
        machine: made with `debugging`.
        write_out: where the program's output goes, as (descriptor, bytes).

    Attributes:
        machine: the machine.
        timeline: its moments.
        registers: everything it has, by name.
        code: what its instructions and lines are.
        points: breakpoints and watchpoints by number.
        selected: the number of a caller that somebody looks at, and its frame; None for where the
            program is, which it is again when that moves.
    """

    def __init__(
        self, machine: Machine, write_out: Callable[[int, bytes], None], code: Code
    ) -> None:
        self.machine = machine
        self.timeline = Timeline(machine, write_out)
        self.registers = Registers(machine)
        self.code = code
        self.points: dict[int, Point] = {}
        self.selected: tuple[int, Frame] | None = None
        self._number = 0
        self._wants_stop: Callable[[], bool] = lambda: False
        self._is_going_back = False

    def add_breakpoint(
        self,
        address: Address,
        what: str,
        condition: Condition | None = None,
        *,
        is_temporary: bool = False,
    ) -> Point:
        """A breakpoint at an address.

        Raises:
            DebugProblem: there is no code.
        """
        if not self.machine.memory.is_executable(address):
            raise DebugProblem(f"there is no code at {address:#x}")
        return self.add(Point(0, what, address, condition=condition, is_temporary=is_temporary))

    def memory_watchpoint(self, kind: Watched, address: Address, size: int) -> Watchpoint:
        """What watches memory.

        Raises:
            DebugProblem: it is not there.
        """
        memory = self.machine.memory
        if size < 1 or not memory.holds(address, size):
            raise DebugProblem(f"{size} bytes at {address:#x} are not within guest memory")
        host = int(memory.ram.ctypes.data) + address - memory.base
        return Watchpoint(kind, host, size, address)

    def add(self, point: Point, *, is_numbered: bool = True) -> Point:
        """Adds a point; those that somebody else keeps a list of have numbers below 0."""
        self._number += is_numbered
        point.number = self._number if is_numbered else min(self.points, default=0) - 1
        if not is_numbered:
            point.number = min(point.number, -1)
        self.points[point.number] = point
        return point

    @contextmanager
    def interruptible(self, wants_stop: Callable[[], bool]) -> Iterator[None]:
        """Has what goes on looked for a wish to stop, several times a second."""
        before, self._wants_stop = self._wants_stop, wants_stop
        try:
            yield
        finally:
            self._wants_stop = before

    def until(
        self, within: tuple[Address, Address] | None = None, *more: Address, points: bool = True
    ) -> Until:
        """What stops execution: the points, and what is asked for beside."""
        chosen = [one for one in self.points.values() if one.is_enabled and points]
        watches = []
        for one in chosen:
            if one.watch is not None:
                one.old = one.watch.value()
                if (one.watch.condition is None) != (one.condition is None):
                    asked = None if one.condition is None else partial(self._asked, one)
                    one.watch = replace(one.watch, condition=asked)
                watches.append(one.watch)
        breaks = [(one.address, one.condition) for one in chosen if one.address is not None]
        always = [address for address, condition in breaks if condition is None]
        return Until(
            [*always, *more],
            watches,
            within,
            {at: partial(self._stops_at, at) for at, condition in breaks if condition is not None},
        )

    def _stops_at(self, address: Address) -> bool:
        """Whether a condition of the breakpoints at an address holds."""
        points = self.points.values()
        return any(one.is_enabled and one.address == address and one.stops for one in points)

    def _asked(self, point: Point) -> bool:
        """Whether the condition of a watchpoint holds, behind an instruction that concerns it."""
        stops = point.stops
        # Forwards, what it holds now is what the next change is from; on the way back the last
        # moment at which the condition holds is the one that it is from.
        if point.watch is not None and stops == self._is_going_back:
            point.old = point.watch.value()
        return stops

    def go(self, until: Until, instructions: int | None = None) -> Stop:
        """Goes on, while this thread listens to whoever wants to stop it."""
        self._is_going_back = False
        return self._beside(lambda: self.timeline.forward(until, instructions))

    def go_back(self, until: Until, instructions: int | None = None) -> Stop:
        """Goes back likewise."""
        self._is_going_back = True
        return self._beside(lambda: self.timeline.back(until, instructions))

    def go_to(self, count: int) -> None:
        """Goes to a moment, which has been before."""
        timeline = self.timeline
        if count <= timeline.count or count <= timeline.snapshots[-1]:

            def travel() -> Stop:
                timeline.go_to(count)
                return Stop(Reason.COUNT)

            self._beside(travel)
        else:
            self.go(Until(), count - timeline.count)

    def met(self, stop: Stop) -> list[Point]:
        """The points that a stop is for; temporary ones are gone afterwards."""
        if stop.paused is None or stop.paused.hit == Hit.RANGE:
            return []
        if stop.paused.hit == Hit.WATCH:
            hit = set(map(id, stop.paused.watches))
            found = [p for p in self.points.values() if id(p.watch) in hit]
        else:
            pc = stop.paused.pc
            points = self.points.values()
            found = [p for p in points if p.is_enabled and p.address == pc and p.stops]
        for one in found:
            one.hits += 1
            if one.is_temporary:
                del self.points[one.number]
        return found

    @property
    def pc(self) -> Address:
        """Where execution goes on, in the selected frame."""
        return self.machine.pc if self.selected is None else self.selected[1].pc

    @property
    def place(self) -> Address:
        """An address of the instruction that the selected frame stands at: of callers the call."""
        return self.machine.pc if self.selected is None else self.selected[1].place

    def value(self, register: Register) -> int:
        """What a register holds in the selected frame; what no function keeps, as it is now.

        Raises:
            DebugProblem: nobody knows what it held.
        """
        if self.selected is None or register.group != Group.GENERAL:
            return register.read()
        number, frame = self.selected
        if register.file is None:
            return frame.pc
        value = frame.registers.get(register.number) if register.number else 0
        if value is None:
            raise DebugProblem(
                f"{register.name} is not known in frame {number}: what that has called may change "
                f"it, and does not save it"
            )
        return value

    def set_memory(self, address: Address, data: bytes) -> None:
        """Writes to memory as its pages allow, and over code as well.

        Raises:
            DebugProblem: it is not there.
        """
        memory = self.machine.memory
        if not memory.holds(address, len(data)):
            raise DebugProblem(f"{len(data)} bytes at {address:#x} are not within guest memory")
        at = address - memory.base
        memory.view[at : at + len(data)] = data
        self.timeline.change()

    def get_memory(self, address: Address, size: int) -> bytes:
        """Bytes of memory.

        Raises:
            DebugProblem: they are not there.
        """
        memory = self.machine.memory
        if not memory.holds(address, size):
            raise DebugProblem(f"{size} bytes at {address:#x} are not within guest memory")
        at = address - memory.base
        return bytes(memory.view[at : at + size])

    def set_register(self, name: str, value: int) -> None:
        """Writes a register.

        Raises:
            DebugProblem: it cannot be written.
        """
        register = self.registers[name]
        if register.write is None:
            raise DebugProblem(f"{name} cannot be written")
        if self.selected is not None and register.group == Group.GENERAL:
            raise DebugProblem(
                f"{name} of frame {self.selected[0]} is not the register: `frame 0` goes back to "
                f"where the program is, or write the memory that it is saved in"
            )
        register.write(value & (1 << register.bits) - 1)
        self.timeline.change()

    def _beside(self, work: Callable[[], Stop]) -> Stop:
        """Does something in a thread of its own, so that this one hears of Ctrl-C."""
        self.selected = None
        stops: list[Stop] = []
        errors: list[BaseException] = []
        done = threading.Event()

        def target() -> None:
            try:
                use_default_environment()
                stops.append(work())
            except BaseException as error:
                errors.append(error)
            finally:
                done.set()

        threading.Thread(target=target, name="rvx debugged", daemon=True).start()
        is_interrupted = False
        looked = time.monotonic()
        while not done.is_set():
            try:
                if is_interrupted:
                    self.timeline.stop()
                done.wait(_LOOK)
                if time.monotonic() - looked > _LOOK:
                    looked = time.monotonic()
                    is_interrupted = is_interrupted or self._wants_stop()
            except KeyboardInterrupt:
                is_interrupted = True
        if errors:
            raise errors[0]
        return stops[0]
