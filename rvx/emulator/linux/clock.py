"""Time, which is the count of instructions: one is a nanosecond.

So every run gives the same numbers, on every machine. The counter `time` of the ISA, which goes on
by one for a hundred instructions, is then one of 10 MHz. A program that sleeps does not wait: its
clock goes on.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.records import dataclass

EPOCH = 1_577_836_800
"""When a program starts, in seconds: 2020-01-01 00:00:00 UTC."""
SECOND = 1_000_000_000


@dataclass
class Clock:
    """The clocks of a process.

    Attributes:
        executed: how many instructions were executed so far.
        slept: nanoseconds that the program has slept.
    """

    executed: Callable[[], int]
    slept: int = 0

    def running(self) -> int:
        """Nanoseconds that the program has run."""
        return self.executed()

    def monotonic(self) -> int:
        """Nanoseconds since the start."""
        return self.executed() + self.slept

    def real(self) -> int:
        """Nanoseconds since 1970."""
        return EPOCH * SECOND + self.monotonic()
