"""Timers that interrupt a program: setitimer, alarm, timer_create.

They go by the clock of the program, which is its count of instructions, so that a signal comes at
the same instruction in every run. To look for one costs every block of a program a little, so that
it is done only for those that have the system calls in their code (`can_set_timers`).
"""

from __future__ import annotations

from collections.abc import Iterator

from rvx.emulator.linux.clock import Clock
from rvx.emulator.linux.signals import Sent
from rvx.emulator.memory import GuestMemory
from rvx.records import dataclass, field

_SETTERS = (103, 110, 409)
"""setitimer, timer_settime, timer_settime64."""
_SHORTEST = 10_000
"""Nanoseconds, and instructions, between two signals of a timer, so that a program gets on."""


def can_set_timers(memory: GuestMemory) -> bool:
    """Whether code holds `li a7` with the number of a call that starts a timer."""
    wanted = [(number << 20 | 0x893).to_bytes(4, "little") for number in _SETTERS]
    return any(
        word in text
        for _, code in memory.loaded_code()
        for text in [code.tobytes()]
        for word in wanted
    )


@dataclass
class Timer:
    """A timer.

    Attributes:
        signal: what it sends when it is due; 0 for nothing.
        is_running: whether it goes on only while the program runs, and not while it sleeps.
        code: `si_code` of the signal.
        number: its number, for timers of POSIX.
        value: what is sent with the signal.
        due: when it is due next, in nanoseconds of its clock; 0 if it does not run.
        interval: after how many nanoseconds again; 0 for never.
        late: how often it was due without being seen.
    """

    signal: int
    is_running: bool
    code: int
    number: int = 0
    value: int = 0
    due: int = 0
    interval: int = 0
    late: int = 0


@dataclass
class Timers:
    """All timers of a process.

    Attributes:
        clock: of the process.
        is_possible: whether somebody looks whether one is due.
        intervals: those of setitimer by number.
        made: those of timer_create by number.
    """

    clock: Clock
    is_possible: bool = False
    intervals: dict[int, Timer] = field(default_factory=dict)
    made: dict[int, Timer] = field(default_factory=dict)

    def _armed(self) -> Iterator[Timer]:
        for group in (self.intervals, self.made):
            yield from (one for one in group.values() if one.due)

    def now(self, timer: Timer) -> int:
        """What the clock of a timer says."""
        return self.clock.running() if timer.is_running else self.clock.monotonic()

    def left(self, timer: Timer) -> int:
        """Nanoseconds until a timer is due, 0 if it does not run."""
        return max(timer.due - self.now(timer), 1) if timer.due else 0

    def start(self, timer: Timer, after: int, interval: int) -> None:
        """Has a timer run for some nanoseconds; it stops if that is 0."""
        timer.due = self.now(timer) + after if after else 0
        timer.interval = max(interval, _SHORTEST) if interval else 0
        timer.late = 0

    def target(self) -> int | None:
        """The count of instructions at which the first one is due, if any runs."""
        if not self.intervals and not self.made:
            return None
        slept = self.clock.slept
        dues = [one.due - (0 if one.is_running else slept) for one in self._armed()]
        return min(dues, default=None)

    def wakes_at(self) -> int | None:
        """The time at which the first one is due while the program sleeps."""
        return min((one.due for one in self._armed() if not one.is_running), default=None)

    def expired(self) -> list[Sent]:
        """The signals of those that are due; they run on, or stop."""
        found = []
        for timer in list(self._armed()):
            now = self.now(timer)
            if timer.due > now:
                continue
            missed = (now - timer.due) // timer.interval if timer.interval else 0
            timer.late = missed
            timer.due = timer.due + (missed + 1) * timer.interval if timer.interval else 0
            if timer.signal:
                pair = (timer.number, timer.late) if timer.code < 0 else None
                found.append(Sent(timer.signal, timer.code, pair, timer.value))
        return found
