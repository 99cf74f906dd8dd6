"""Signals of one process: what it wants to do with them, and which it has held back."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field

COUNT = 64
DEFAULT, IGNORE = 0, 1
HARMLESS = frozenset(
    {signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT},
)
"""Signals that do nothing unless the program wants them."""


def name_of(number: int) -> str:
    """`SIGABRT`, or the number where it has no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@dataclass
class Signals:
    """What rt_sigaction and rt_sigprocmask have set.

    Attributes:
        actions: by signal, `struct sigaction` as the program wrote it.
        blocked: a bit for each signal, the lowest for signal 1.
        pending: those that were raised while they were blocked.
        raised: those that were sent and not looked at.
        ended_by: the signal that has ended the program, 0 if none has.
    """

    actions: dict[int, bytes] = field(default_factory=dict)
    blocked: int = 0
    pending: int = 0
    raised: list[int] = field(default_factory=list)
    ended_by: int = 0

    def handler(self, number: int, word: int) -> int:
        """What a signal does: an address, or `DEFAULT` or `IGNORE`."""
        return int.from_bytes(self.actions.get(number, b"")[:word], "little")
