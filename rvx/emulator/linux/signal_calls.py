"""System calls on signals. A program sends signals to itself only; there is nobody else."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.identity_calls import PROCESS_ID
from rvx.emulator.linux.process import CallError, Process
from rvx.emulator.linux.signals import COUNT, DEFAULT, HARMLESS, IGNORE

_BLOCK, _UNBLOCK, _SET = range(3)
_NEVER_CAUGHT = (9, 19)
Arguments = Sequence[int]


def rt_sigaction(process: Process, arguments: Arguments) -> int:
    """Arguments: signal, new, old, size."""
    number, new, old = arguments[:3]
    if not 1 <= number <= COUNT or (new and number in _NEVER_CAUGHT):
        raise CallError(errno.EINVAL)
    size = 2 * process.word + 8
    wanted = process.read(new, size) if new else b""
    if old:
        process.write(old, process.signals.actions.get(number, bytes(size)))
    if new:
        process.signals.actions[number] = wanted
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
        signals.blocked = chosen & ~sum(1 << number - 1 for number in _NEVER_CAUGHT)
    return 0


def rt_sigpending(process: Process, arguments: Arguments) -> int:
    """Arguments: set, size."""
    process.write(arguments[0], process.signals.pending.to_bytes(8, "little"))
    return 0


def rt_sigtimedwait(process: Process, arguments: Arguments) -> int:
    """Arguments: set, information, time, size: a signal that is held back; nobody sends another."""
    signals = process.signals
    wanted = process.integer(arguments[0], 8)
    found = signals.pending & wanted
    if not found:
        raise CallError(errno.EAGAIN if arguments[2] else errno.EDEADLK)
    number = (found & -found).bit_length()
    if arguments[1]:
        process.write(arguments[1], number.to_bytes(4, "little").ljust(128, b"\0"))
    signals.pending &= ~(1 << number - 1)
    return number


def sigaltstack(process: Process, arguments: Arguments) -> int:
    """Arguments: new, old: noted, and never used."""
    if arguments[1]:
        process.write(arguments[1], structures.words((0, 2, 0), process.word))  # SS_DISABLE
    return 0


def kill(process: Process, arguments: Arguments) -> int:
    """Arguments: process, signal."""
    if process.signed(arguments[0], 32) not in (PROCESS_ID, 0, -1):
        raise CallError(errno.ESRCH)
    return send(process, arguments[1])


def tkill(process: Process, arguments: Arguments) -> int:
    """Arguments: thread, signal."""
    if process.signed(arguments[0], 32) != PROCESS_ID:
        raise CallError(errno.ESRCH)
    return send(process, arguments[1])


def tgkill(process: Process, arguments: Arguments) -> int:
    """Arguments: process, thread, signal."""
    if process.signed(arguments[0], 32) != PROCESS_ID:
        raise CallError(errno.ESRCH)
    return tkill(process, arguments[1:])


def send(process: Process, number: int) -> int:
    """Sends a signal to the program."""
    if number > COUNT:
        raise CallError(errno.EINVAL)
    if number:
        process.signals.raised.append(number)
    return 0


def deliver(process: Process) -> int:
    """What is to be done about signals after a call; gives one that its handler is to see, or 0."""
    signals = process.signals
    for number in list(signals.raised):
        signals.raised.remove(number)
        bit = 1 << number - 1
        if signals.blocked & bit:
            signals.pending |= bit
            continue
        found = _act(process, number)
        if found or signals.ended_by:
            return found
    ready = signals.pending & ~signals.blocked
    while ready:
        number = (ready & -ready).bit_length()
        signals.pending &= ~(1 << number - 1)
        ready &= ready - 1
        found = _act(process, number)
        if found or signals.ended_by:
            return found
    return 0


def _act(process: Process, number: int) -> int:
    signals = process.signals
    handler = signals.handler(number, process.word)
    if handler == IGNORE or (handler == DEFAULT and number in HARMLESS):
        return 0
    if handler == DEFAULT or number in _NEVER_CAUGHT:
        process.end_by(number)
        return 0
    return number
