"""The process: what system calls share."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Sequence
from signal import SIGKILL

from rvx.emulator.linux.clock import SECOND, Clock
from rvx.emulator.linux.descriptors import Descriptors, Stopped
from rvx.emulator.linux.sandbox import Sandbox
from rvx.emulator.linux.shared import SharedFiles
from rvx.emulator.linux.signals import NEVER_CAUGHT, RESTART, Signals
from rvx.emulator.linux.space import AddressSpace
from rvx.emulator.linux.timers import Timers
from rvx.emulator.memory import GuestMemory
from rvx.isa.bits import Address
from rvx.records import dataclass

LONGEST_PATH = 4096
PROCESS_ID = 1000
"""Of the program, which is its only thread as well."""
LONGEST_TRANSFER = 1 << 30
"""Bytes that one call moves at most, as Linux has a limit of its own."""


class CallError(Exception):
    """A system call that fails.

    Attributes:
        number: of the error, as errno has it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(errno.errorcode.get(number, str(number)))
        self.number = number


@dataclass(frozen=True)
class Settings:
    """What a program is given.

    Attributes:
        arguments: what `argv` has behind the program's name.
        environment: what `environ` has, each as `NAME=VALUE`.
        stdin: what there is to read: bytes, or the descriptor of a file of the host.
        readable: folders of the host that the program may read.
        writable: folders of the host that it may read and write.
        seed: of all random numbers that it is given.
    """

    arguments: Sequence[str] = ()
    environment: Sequence[str] = ()
    stdin: bytes | int = b""
    readable: Sequence[str] = ()
    writable: Sequence[str] = ()
    seed: int = 0


@dataclass
class Process:
    """A guest and what it has.

    Attributes:
        memory: guest memory.
        xlen: 32 or 64.
        name: path of the program.
        settings: what it was given.
        extensions: names of the extensions of its ISA.
        write_out: where bytes for standard output and standard error go, as (descriptor, bytes).
        executed: how many instructions were executed so far.
        is_stopping: whether somebody wants the run to end.
        note: takes sentences for the user.
        image: the file of the program.
        ended: the exit code, once the program has ended.
        is_restarting: whether the call is made again, once the handlers of signals are done.
        umask: what files and folders that are made may not be used for.
    """

    memory: GuestMemory
    xlen: int
    name: str
    settings: Settings
    extensions: frozenset[str]
    write_out: Callable[[int, bytes], None]
    executed: Callable[[], int]
    is_stopping: Callable[[], bool]
    note: Callable[[str], None]
    image: bytes = b""
    ended: int | None = None
    is_restarting: bool = False
    umask: int = 0o22

    def __post_init__(self) -> None:
        self.space = AddressSpace(self.memory, self.note)
        self.shared = SharedFiles(self.memory)
        self.clock = Clock(self.executed)
        self.random = random.Random(self.settings.seed)
        self.descriptors = Descriptors(self.settings.stdin, self.write_out, self.is_stopping)
        self.sandbox = Sandbox(
            self.settings.readable,
            self.settings.writable,
            self.memory.end - self.memory.heap,
            self.descriptors.of_the_host,
        )
        self.signals = Signals(self.word)
        self.timers = Timers(self.clock)
        self.thread_name = os.fsencode(os.path.basename(self.name))[:15]

    @property
    def word(self) -> int:
        """Bytes of a long, or a pointer."""
        return self.xlen // 8

    def end_by(self, number: int) -> None:
        """The program is ended by a signal."""
        self.signals.ended_by = number
        self.ended = 128 + number

    def send_expired(self) -> None:
        """Sends the signals of timers that are due."""
        for sent in self.timers.expired():
            self.signals.send(sent)

    def wait(self, until: int | None) -> bool:
        """Lets the clock go on, without executing anything; whether a signal has ended the wait.

        Args:
            until: the time of the clock that goes on always; None to wait for a signal. If none can
                come, nothing ever happens any more: then the program ends as one that is killed.

        Raises:
            Stopped: somebody wants the run to end.
        """
        while self.signals.first() is None:
            due, now = self.timers.wakes_at(), self.clock.monotonic()
            if due is None and until is None:
                self.note("the program waits for ever, as nobody else is there, and is ended")
                self.end_by(SIGKILL)
                return False
            if due is None or (until is not None and until < due):
                self.clock.slept += max((until or 0) - now, 0)
                return False
            if self.is_stopping():
                raise Stopped
            self.clock.slept += max(due - now, 0)
            self.send_expired()
        return True

    def wait_for_change(self, flags: int) -> None:
        """Waits in a call on a file that can neither give nor take anything now.

        Raises:
            CallError: EAGAIN, the program does not want to wait; EINTR, a signal comes.
        """
        if flags & os.O_NONBLOCK:
            raise CallError(errno.EAGAIN)
        self.wait(None)
        first = self.signals.first()
        if first is not None and first.number not in NEVER_CAUGHT:
            self.is_restarting = bool(self.signals.flags(first.number) & RESTART)
        raise CallError(errno.EINTR)

    def read(self, address: Address, size: int) -> bytes:
        """Bytes of the guest.

        Raises:
            CallError: EFAULT, they are not all there.
        """
        if not self.memory.holds(address, size):
            raise CallError(errno.EFAULT)
        at = address - self.memory.base
        return bytes(self.memory.view[at : at + size])

    def write(self, address: Address, data: bytes) -> None:
        """Puts bytes into the guest's memory.

        Raises:
            CallError: EFAULT, it may not be written.
        """
        if not self.memory.write(address, data):
            raise CallError(errno.EFAULT)

    def text(self, address: Address) -> bytes:
        """A string that ends with a zero.

        Raises:
            CallError: EFAULT or ENAMETOOLONG.
        """
        found = bytearray()
        while len(found) <= LONGEST_PATH:
            piece = self.read(address + len(found), 64 - (address + len(found)) % 64)
            if b"\0" in piece:
                return bytes(found + piece[: piece.index(b"\0")])
            found += piece
        raise CallError(errno.ENAMETOOLONG)

    def integer(self, address: Address, size: int, *, signed: bool = False) -> int:
        """A number in the guest's memory.

        Raises:
            CallError: EFAULT.
        """
        return int.from_bytes(self.read(address, size), "little", signed=signed)

    def time(self, address: Address, word: int) -> int:
        """Nanoseconds of a `struct timespec` of two words of so many bytes.

        Raises:
            CallError: EFAULT or EINVAL.
        """
        seconds = self.integer(address, word, signed=True)
        rest = self.integer(address + word, word) & 0xFFFFFFFF
        if seconds < 0 or rest >= SECOND:
            raise CallError(errno.EINVAL)
        return seconds * SECOND + rest

    def signed(self, value: int, bits: int = 0) -> int:
        """An argument as a signed number of so many bits; of XLEN if 0."""
        bits = bits or self.xlen
        value &= (1 << bits) - 1
        return value - (1 << bits) if value >> bits - 1 else value
