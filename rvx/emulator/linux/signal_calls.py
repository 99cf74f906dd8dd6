"""System calls on signals. A program sends signals to itself only; there is nobody else."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.descriptors import USER
from rvx.emulator.linux.process import PROCESS_ID, CallError, Process
from rvx.emulator.linux.signals import (
    COUNT,
    DEFAULT,
    NEVER_CAUGHT,
    SIGNAL_STACK,
    THREAD,
    Sent,
)
from rvx.emulator.linux.signals import USER as BY_KILL

_BLOCK, _UNBLOCK, _SET = range(3)
_SMALLEST_STACK = 2048
Arguments = Sequence[int]


def rt_sigaction(process: Process, arguments: Arguments) -> int:
    """Arguments: signal, new, old, size."""
    number, new, old = arguments[:3]
    if not 1 <= number <= COUNT or (new and number in NEVER_CAUGHT):
        raise CallError(errno.EINVAL)
    size = 2 * process.word + 8
    wanted = process.read(new, size) if new else b""
    if old:
        process.write(old, process.signals.actions.get(number, bytes(size)))
    if new:
        process.signals.actions[number] = wanted
        if process.signals.is_ignored(number):
            process.signals.queue = [o for o in process.signals.queue if o.number != number]
    return 0


def rt_sigprocmask(process: Process, arguments: Arguments) -> int:
    """Arguments: how, new, old, size."""
    how, new, old = arguments[:3]
    signals = process.signals
    wanted = process.integer(new, 8) if new else None
    if old:
        process.write(old, signals.blocked.to_bytes(8, "little"))
    if wanted is not None:
        if how not in (_BLOCK, _UNBLOCK, _SET):
            raise CallError(errno.EINVAL)
        before = signals.blocked
        chosen = {_BLOCK: before | wanted, _UNBLOCK: before & ~wanted, _SET: wanted}[how]
        signals.blocked = chosen & ~sum(1 << number - 1 for number in NEVER_CAUGHT)
    return 0


def rt_sigpending(process: Process, arguments: Arguments) -> int:
    """Arguments: set, size."""
    process.write(arguments[0], process.signals.held_back().to_bytes(8, "little"))
    return 0


def rt_sigsuspend(process: Process, arguments: Arguments) -> int:
    """Arguments: mask, size: waits for a signal with another mask."""
    process.signals.wait_with(process.integer(arguments[0], 8))
    process.wait(None)
    raise CallError(errno.EINTR)


def rt_sigtimedwait(word: int = 0) -> Callable[[Process, Arguments], int]:
    """Arguments: set, information, time, size: takes a signal that is held back."""

    def call(process: Process, arguments: Arguments) -> int:
        signals = process.signals
        wanted = process.integer(arguments[0], 8)
        until = None
        if arguments[2]:
            wished = process.time(arguments[2], word or process.word)
            until = process.clock.monotonic() + wished
        # While it waits, those that it waits for end the wait as others do.
        blocked, signals.blocked = signals.blocked, signals.blocked & ~wanted
        is_there = process.wait(until)
        first = signals.first()
        signals.blocked = blocked
        if not is_there or first is None:
            raise CallError(errno.EAGAIN)
        if not wanted >> first.number - 1 & 1:
            raise CallError(errno.EINTR)
        signals.queue.remove(first)
        if arguments[1]:
            process.write(arguments[1], first.information(process.word))
        return first.number

    return call


def sigaltstack(process: Process, arguments: Arguments) -> int:
    """Arguments: new, old: where handlers run that want a stack of their own."""
    new, old = arguments[:2]
    word = process.word
    wanted = process.read(new, 3 * word) if new else b""
    if old:
        process.write(old, structures.words(process.signals.stack, word))
    if wanted:
        address, flags, size = (
            int.from_bytes(wanted[at : at + word], "little") for at in range(0, 3 * word, word)
        )
        if flags & SIGNAL_STACK:
            process.signals.stack = (0, SIGNAL_STACK, 0)
        elif size < _SMALLEST_STACK:
            raise CallError(errno.ENOMEM)
        else:
            process.signals.stack = (address, 0, size)
    return 0


def kill(process: Process, arguments: Arguments) -> int:
    """Arguments: process, signal."""
    if process.signed(arguments[0], 32) not in (PROCESS_ID, 0, -1):
        raise CallError(errno.ESRCH)
    return _send(process, arguments[1], BY_KILL)


def tkill(process: Process, arguments: Arguments) -> int:
    """Arguments: thread, signal."""
    if process.signed(arguments[0], 32) != PROCESS_ID:
        raise CallError(errno.ESRCH)
    return _send(process, arguments[1], THREAD)


def tgkill(process: Process, arguments: Arguments) -> int:
    """Arguments: process, thread, signal."""
    if process.signed(arguments[0], 32) != PROCESS_ID:
        raise CallError(errno.ESRCH)
    return tkill(process, arguments[1:])


def rt_sigqueueinfo(process: Process, arguments: Arguments) -> int:
    """Arguments: process, signal, information: a signal with a value."""
    if process.signed(arguments[0], 32) != PROCESS_ID:
        raise CallError(errno.ESRCH)
    word = process.word
    data = process.read(arguments[2], 128)
    code = int.from_bytes(data[8:12], "little", signed=True)
    at = (16 if word == 8 else 12) + 8
    return _send(process, arguments[1], code, int.from_bytes(data[at : at + word], "little"))


def _send(process: Process, number: int, code: int, value: int = 0) -> int:
    """Sends a signal to the program."""
    if number > COUNT:
        raise CallError(errno.EINVAL)
    if number:
        process.signals.send(Sent(number, code, (PROCESS_ID, USER), value))
    return 0


def deliver(process: Process) -> Sent | None:
    """The next signal that a handler is to see; those that end the program do so."""
    signals = process.signals
    while not signals.ended_by and (sent := signals.first()) is not None:
        signals.queue.remove(sent)
        if signals.is_ignored(sent.number):
            continue  # It was held back when it was sent, and could have got a handler since.
        if sent.number not in NEVER_CAUGHT and signals.handler(sent.number) != DEFAULT:
            return sent
        process.end_by(sent.number)
    return None
