"""Signals of one process: what it wants to do with them, and which are on their way."""

from __future__ import annotations

import signal

from rvx.records import dataclass, field

COUNT = 64
DEFAULT, IGNORE = 0, 1
HARMLESS = frozenset(
    {signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT},
)
"""Signals that do nothing unless the program wants them."""
NEVER_CAUGHT = (9, 19)
_FAULTS = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP, signal.SIGFPE, signal.SIGSYS}
)
"""Signals that Linux takes before others, whoever has sent them: SYNCHRONOUS_MASK."""
_REAL_TIME = 32
"""The first signal of those that queue up; another one that is on its way already is lost."""
RESTART = 0x10000000
USER, TIMER, THREAD, KERNEL = 0, -2, -6, 0x80
"""Why a signal was sent: `si_code` of kill, a timer of POSIX, tkill, and of the system itself."""
SIGNAL_STACK = 2
"""SS_DISABLE: there is no stack for handlers of their own."""


def name_of(number: int) -> str:
    """`SIGABRT`, or the number where it has no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@dataclass(frozen=True)
class Sent:
    """A signal on its way, and what its handler is told.

    Attributes:
        number: the signal.
        code: why it was sent, `si_code`.
        pair: of those that somebody has sent, process and user; of a timer, its number and how
            often it was late.
        value: of a fault, the address; of others what was sent with it.
    """

    number: int
    code: int = KERNEL
    pair: tuple[int, int] | None = None
    value: int = 0

    @property
    def is_for_thread(self) -> bool:
        """Whether it was sent to the thread and not to the process: Linux keeps them apart."""
        return self.code == THREAD

    def information(self, word: int) -> bytes:
        """`siginfo_t`."""
        head = b"".join(
            (one & 0xFFFFFFFF).to_bytes(4, "little") for one in (self.number, 0, self.code)
        )
        body = b"".join((one & 0xFFFFFFFF).to_bytes(4, "little") for one in self.pair or ())
        value = (self.value & (1 << 8 * word) - 1).to_bytes(word, "little")
        return (head.ljust(16 if word == 8 else 12, b"\0") + body + value).ljust(128, b"\0")


@dataclass
class Signals:
    """What rt_sigaction, rt_sigprocmask and sigaltstack have set, and what was sent.

    Attributes:
        word: bytes of a pointer.
        actions: by signal, `struct sigaction` as the program wrote it.
        blocked: a bit for each signal, the lowest for signal 1.
        before: what was blocked before a call that waits with another mask, until it is over.
        queue: those that were sent and not looked at.
        stack: where handlers with SA_ONSTACK run: address, flags, size.
        ended_by: the signal that has ended the program, 0 if none has.
    """

    word: int
    actions: dict[int, bytes] = field(default_factory=dict)
    blocked: int = 0
    before: int | None = None
    queue: list[Sent] = field(default_factory=list)
    stack: tuple[int, int, int] = (0, SIGNAL_STACK, 0)
    ended_by: int = 0

    def handler(self, number: int) -> int:
        """What a signal does: an address, or `DEFAULT` or `IGNORE`."""
        return int.from_bytes(self.actions.get(number, b"")[: self.word], "little")

    def flags(self, number: int) -> int:
        """SA_RESTART and others of the action for a signal."""
        return int.from_bytes(self.actions.get(number, b"")[self.word : 2 * self.word], "little")

    def is_ignored(self, number: int) -> bool:
        """Whether a signal does nothing."""
        found = self.handler(number)
        return found == IGNORE or (found == DEFAULT and number in HARMLESS)

    def is_blocked(self, number: int) -> bool:
        """Whether a signal is held back."""
        return bool(self.blocked >> number - 1 & 1)

    def send(self, sent: Sent) -> None:
        """Has a signal come, unless nobody would see it."""
        number = sent.number
        if self.is_ignored(number) and not self.is_blocked(number):
            return
        if number < _REAL_TIME and any(
            one.number == number and one.is_for_thread == sent.is_for_thread for one in self.queue
        ):
            return
        self.queue.append(sent)

    def first(self) -> Sent | None:
        """The signal that is to be seen next, as kernel/signal.c chooses it.

        Those of the thread come before those of the process, those of faults before others, then
        the lowest, and of equal ones the oldest. Of several the handler of the last one runs first:
        each frame is put on the one before.
        """
        if not self.queue:
            return None
        ready = [one for one in self.queue if not self.is_blocked(one.number)]

        def rank(one: Sent) -> tuple[bool, bool, int]:
            return not one.is_for_thread, one.number not in _FAULTS, one.number

        return min(ready, key=rank, default=None)

    def held_back(self) -> int:
        """A bit for each signal that was sent and not seen."""
        bits = 0
        for one in self.queue:
            bits |= 1 << one.number - 1
        return bits

    def wait_with(self, mask: int) -> None:
        """Holds back other signals until a call is over, and the handlers that it has called."""
        self.before = self.blocked
        self.blocked = mask & ~sum(1 << number - 1 for number in NEVER_CAUGHT)

    def wait_over(self) -> None:
        """The call is over, and no handler puts back what was blocked before."""
        if self.before is not None:
            self.blocked, self.before = self.before, None
