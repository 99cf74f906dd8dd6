"""A program between its beginning and the farthest that it has come, forwards and backwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum

from rvx.emulator.linux.descriptors import Input
from rvx.emulator.machine import Machine
from rvx.emulator.native.pauses import Hit
from rvx.emulator.pauses import Paused, Watchpoint
from rvx.emulator.result import Trap, TrapKind
from rvx.emulator.rewind.snapshot import Snapshot
from rvx.emulator.rewind.streams import ReadOnce, ShownOnce
from rvx.isa.bits import Address
from rvx.records import dataclass, field, replace

FIRST_INTERVAL = 1 << 20
"""Instructions between snapshots, until there are too many."""
MOST_SNAPSHOTS = 48
ROOM = 256 << 20
"""Bytes of memory that snapshots may hold together."""
_SHARE = 0.1
"""Of the time, that snapshots may take; with much memory there are fewer of them."""
_NEAR = (1 << 17, 1 << 11)
"""Instructions before a moment that somebody has gone back to, where snapshots are taken, too: who
goes back one step wants to go back another one."""


class Reason(StrEnum):
    """Why a program has stopped."""

    HIT = "hit"  # of a breakpoint, a watchpoint or a range
    COUNT = "count"  # as many instructions were executed as were wanted
    INTERRUPTED = "interrupted"
    TRAP = "trap"
    EXITED = "exited"
    BEGINNING = "beginning"  # on the way back


@dataclass(frozen=True)
class Stop:
    """How execution has stopped.

    Attributes:
        reason: why.
        paused: what was hit.
        trap: what the program could not go on from.
        exit_code: of a program that has ended.
        signal: the signal that has ended it, 0 if none has.
    """

    reason: Reason
    paused: Paused | None = None
    trap: Trap | None = None
    exit_code: int | None = None
    signal: int = 0


@dataclass(frozen=True)
class Until:
    """What stops execution.

    Attributes:
        breakpoints: addresses in front of which it does.
        watchpoints: what is watched.
        within: addresses outside of which it does.
        conditions: addresses in front of which it does if what stands there says so, which is asked
            with the machine at that moment.
    """

    breakpoints: Collection[Address] = ()
    watchpoints: Sequence[Watchpoint] = ()
    within: tuple[Address, Address] | None = None
    conditions: Mapping[Address, Callable[[], bool]] = field(default_factory=dict)


def _asking(until: Until) -> list[Watchpoint]:
    """The watchpoints with a condition."""
    return [one for one in until.watchpoints if one.condition is not None]


def _holding(until: Until, paused: Paused) -> Paused | None:
    """What of a hit has no condition or one that holds now; None if there is nothing left."""
    if paused.hit == Hit.WATCH:
        held = [one for one in paused.watches if one.condition is None or one.condition()]
        return replace(paused, watches=tuple(held)) if held else None
    if paused.hit != Hit.BREAKPOINT or paused.pc in until.breakpoints:
        return paused
    return paused if until.conditions[paused.pc]() else None


NOTHING = Until()
_FOR_EVER = 1 << 61


class Timeline:
    """The moments of a program.

    Args:
        machine: made with `debugging`; it has not run yet.
        write_out: where output goes, as (descriptor, bytes), each byte once.
        interval: instructions between snapshots.
        room: bytes that snapshots may hold together.

    Attributes:
        count: instructions that were executed: the present moment.
        ended: how the program has ended, at this moment.
        is_lost: whether what somebody has changed was undone by going back before it.
    """

    def __init__(
        self,
        machine: Machine,
        write_out: Callable[[int, bytes], None],
        *,
        interval: int = FIRST_INTERVAL,
        room: int = ROOM,
    ) -> None:
        self.machine = machine
        self._pauses = machine.hart.pauses
        self._output = ShownOnce(write_out)
        machine.system.write_out = self._output.write
        descriptors = machine.system.process.descriptors
        descriptors.keeps_closed = True
        stdin = descriptors[0]
        assert isinstance(stdin, Input)
        descriptors.put(ReadOnce(stdin), 0)
        self.count = 0
        self.ended: Stop | None = None
        self.is_lost = False
        self._interval, self._room = interval, room
        self._is_stopping = False
        machine.hart.privilege.begin()
        self._snapshots = [self._snapshot(None)]
        self._held = self._snapshots[0].image.own

    @property
    def snapshots(self) -> list[int]:
        """The moments that are kept."""
        return [one.count for one in self._snapshots]

    def stop(self) -> None:
        """Ends what is going on soon; called from another thread, as often as it takes."""
        self._is_stopping = True
        self.machine.hart.stop()

    def forward(self, until: Until = NOTHING, instructions: int | None = None) -> Stop:
        """Goes on.

        Args:
            until: what stops it.
            instructions: how many are executed at most.
        """
        if self.ended is not None:
            return self.ended
        self._is_stopping = False
        limit = _FOR_EVER
        if instructions is not None:
            limit = min(limit, self.count + instructions)
        return self._go(until, limit)

    def back(self, until: Until = NOTHING, instructions: int | None = None) -> Stop:
        """Goes back to the last moment at which it would have stopped on the way here.

        Args:
            until: what stops it. A watchpoint does in front of the instruction that has done it.
            instructions: how many are taken back at most; all of them if it is None.
        """
        self._is_stopping = False
        end = self.count
        lowest = 0 if instructions is None else max(end - instructions, 0)
        found = self._last_hit(until, lowest, end) if until != NOTHING else None
        if self._is_stopping:
            self._is_stopping = False
            self.go_to(end)
            return Stop(Reason.INTERRUPTED)
        if found is not None:
            self.go_to(found.before)
            return Stop(Reason.HIT, found)
        self.go_to(lowest)
        return Stop(Reason.COUNT if lowest or instructions is not None else Reason.BEGINNING)

    def go_to(self, count: int) -> None:
        """Goes to a moment that was before, or back to the present one."""
        fixed = [one.count for one in self._snapshots if one.is_fixed and one.count > count]
        if fixed:
            # On the way forward from here, nobody changes what somebody has changed there.
            self._snapshots = [one for one in self._snapshots if one.count < min(fixed)]
            self.is_lost = True
        self._restore(count)
        for distance in _NEAR:
            if count - self.count > distance:
                self._go(NOTHING, count - distance)
                self._keep()
        if count > self.count:
            self._go(NOTHING, count)

    def change(self) -> None:
        """Says that somebody has changed registers or memory: what came later did not happen."""
        self._snapshots = [one for one in self._snapshots if one.count < self.count]
        self._output.diverge()
        self._keep()
        self._snapshots[-1].is_fixed = True
        self.ended = None

    def _last_hit(self, until: Until, lowest: int, end: int) -> Paused | None:
        """The last hit that is met between two moments; the later of them is not one of them."""
        high = end
        while high > lowest and not self._is_stopping:
            low = max(one.count for one in self._snapshots if one.count < high)
            self._restore(low)
            found = self._scan(until, high, end, lowest)
            if until.conditions or _asking(until):
                self._restore(low)
                asked = self._ask(until, high, lowest)
                if found is None or (asked is not None and asked.before > found.before):
                    found = asked
            if found is not None:
                return found
            high = low
        return None

    def _scan(self, until: Until, high: int, end: int, lowest: int) -> Paused | None:
        """The last hit on the way to a moment."""
        assert self._pauses is not None
        found: Paused | None = None
        always = [one for one in until.watchpoints if one.condition is None]
        self._pauses.arm(until.breakpoints, always, until.within, is_scanning=True, is_start=False)
        while self.count < high and not self._is_stopping:
            before = self.count
            # The moments between are close together, so that the next look is at few instructions.
            stop = self._slice(min(high, before + self._interval))
            hit, self._pauses.found = self._pauses.found, None
            if hit is not None and lowest <= hit.before < end:
                found = hit
            if stop.reason != Reason.COUNT or self.count == before:
                break
            if self.count < high:
                self._keep()
        return found

    def _ask(self, until: Until, high: int, lowest: int) -> Paused | None:
        """The last hit on the way to a moment of something whose condition holds.

        Who asks has to be there, so that execution stops at each of these; for all else hits are
        only written down (`_scan`).
        """
        assert self._pauses is not None
        found: Paused | None = None
        asking = _asking(until)
        self._pauses.arm(until.conditions, asking, is_start=False)
        while self.count < high and not self._is_stopping:
            stop = self._slice(high)
            if stop.reason != Reason.HIT or stop.paused is None:
                break
            if lowest <= stop.paused.before < high:
                found = _holding(until, stop.paused) or found
            self._pauses.arm(until.conditions, asking, is_start=stop.paused.hit != Hit.WATCH)
        return found

    def _go(self, until: Until, limit: int) -> Stop:
        assert self._pauses is not None
        stops = {*until.breakpoints, *until.conditions}
        self._pauses.arm(stops, until.watchpoints, until.within)
        while True:
            # Where snapshots lie ahead, there are enough of them.
            following = self._snapshots[-1].count + self._interval
            begin = time.perf_counter()
            if following <= self.count:
                self._keep()
                following = self.count + self._interval
            kept = time.perf_counter()
            stop = self._slice(min(limit, following))
            if stop.paused is not None:
                holding = _holding(until, stop.paused)
                if holding is not None:
                    return Stop(Reason.HIT, holding)
                # A change comes behind an instruction: what is at the next one may still stop it.
                is_start = stop.paused.hit != Hit.WATCH
                self._pauses.arm(stops, until.watchpoints, until.within, is_start=is_start)
                continue
            if stop.reason != Reason.COUNT or self.count >= limit:
                return stop
            if self._is_stopping:
                return Stop(Reason.INTERRUPTED)
            if kept - begin > _SHARE * (time.perf_counter() - kept):
                self._interval *= 2

    def _slice(self, limit: int) -> Stop:
        """Runs to a moment, unless something stops it."""
        machine, hart = self.machine, self.machine.hart
        assert self._pauses is not None
        if self._is_stopping:
            return Stop(Reason.INTERRUPTED)
        exit_code, trap = hart.go_on(machine.pc, limit)
        self.count = hart.counter.executed()
        if exit_code is not None:
            signal = machine.system.process.signals.ended_by
            self.ended = Stop(Reason.EXITED, exit_code=exit_code, signal=signal)
            return self.ended
        machine.set_register("pc", hart.stopped_at)
        if trap is None:
            return Stop(Reason.HIT, self._pauses.found)
        if trap.kind == TrapKind.LIMIT:
            return Stop(Reason.COUNT)
        if trap.kind == TrapKind.INTERRUPTED:
            return Stop(Reason.INTERRUPTED)
        return Stop(Reason.TRAP, trap=trap)

    def _snapshot(self, before: Snapshot | None) -> Snapshot:
        return Snapshot(self.machine, self.count, before, [self._output])

    def _keep(self) -> None:
        """Keeps the present moment."""
        at = next((i for i, one in enumerate(self._snapshots) if one.count >= self.count), None)
        if at is not None and self._snapshots[at].count == self.count:
            return
        at = len(self._snapshots) if at is None else at
        made = self._snapshot(self._snapshots[at - 1] if self._snapshots else None)
        self._snapshots.insert(at, made)
        self._held += made.image.own
        while len(self._snapshots) > 2 and (
            len(self._snapshots) > MOST_SNAPSHOTS or self._held > self._room
        ):
            if not self._thin_out():
                break

    def _thin_out(self) -> bool:
        """Drops about every other snapshot; those must stay that nothing else leads to."""
        kept = [
            one
            for i, one in enumerate(self._snapshots)
            if i % 2 == 0 or one.is_fixed or one is self._snapshots[-1]
        ]
        is_less = len(kept) < len(self._snapshots)
        self._snapshots = kept
        self._interval *= 2
        images = [one.image.blocks for one in kept]
        blocks = {id(block): len(block) for found in images for block in found.values()}
        self._held = sum(blocks.values())
        return is_less

    def _restore(self, count: int) -> None:
        """Puts the machine back to the last kept moment that is not behind a count."""
        found = next(one for one in reversed(self._snapshots) if one.count <= count)
        found.restore(self.machine)
        self.count = found.count
        self.ended = None
