"""System calls on time, see `rvx.emulator.linux.clock`."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.clock import SECOND
from rvx.emulator.linux.process import CallError, Process

REAL, MONOTONIC, PROCESS, THREAD, RAW, REAL_COARSE, MONOTONIC_COARSE, BOOT = range(8)
_ABSOLUTE = 1
_TICK = SECOND // 100
Arguments = Sequence[int]
Call = Callable[[Process, Arguments], int]


def _now(process: Process, clock: int) -> int:
    if clock in (REAL, REAL_COARSE):
        return process.clock.real()
    if clock in (MONOTONIC, RAW, MONOTONIC_COARSE, BOOT):
        return process.clock.monotonic()
    if clock in (PROCESS, THREAD) or process.signed(clock, 32) < 0:
        return process.clock.running()
    raise CallError(errno.EINVAL)


def clock_gettime(word: int = 0) -> Call:
    """Arguments: clock, time, with words of so many bytes in a time; those of XLEN if 0."""

    def call(process: Process, arguments: Arguments) -> int:
        now = structures.timespec(_now(process, arguments[0]), word or process.word)
        process.write(arguments[1], now)
        return 0

    return call


def clock_getres(word: int = 0) -> Call:
    """Arguments: clock, time."""

    def call(process: Process, arguments: Arguments) -> int:
        _now(process, arguments[0])
        if arguments[1]:
            process.write(arguments[1], structures.timespec(1, word or process.word))
        return 0

    return call


def gettimeofday(process: Process, arguments: Arguments) -> int:
    """Arguments: time, zone."""
    if arguments[0]:
        process.write(arguments[0], structures.timeval(process.clock.real(), process.word))
    if arguments[1]:
        process.write(arguments[1], bytes(8))
    return 0


def nanosleep(process: Process, arguments: Arguments) -> int:
    """Arguments: time, rest: the clock goes on, and nobody waits."""
    process.clock.slept += process.time(arguments[0], process.word)
    return 0


def clock_nanosleep(word: int = 0) -> Call:
    """Arguments: clock, flags, time, rest."""

    def call(process: Process, arguments: Arguments) -> int:
        now = _now(process, arguments[0])
        wished = process.time(arguments[2], word or process.word)
        process.clock.slept += max(wished - now, 0) if arguments[1] & _ABSOLUTE else wished
        return 0

    return call


def getitimer(process: Process, arguments: Arguments) -> int:
    """Arguments: which, value: no timer runs."""
    process.write(arguments[1], bytes(4 * process.word))
    return 0


def setitimer(process: Process, arguments: Arguments) -> int:
    """Arguments: which, new, old: a timer can be stopped, and none can be started."""
    if arguments[1] and any(process.read(arguments[1] + 2 * process.word, 2 * process.word)):
        process.note("there are no timers that interrupt a program: setitimer gives ENOSYS")
        raise CallError(errno.ENOSYS)
    if arguments[2]:
        process.write(arguments[2], bytes(4 * process.word))
    return 0


def times(process: Process, arguments: Arguments) -> int:
    """Arguments: buffer: in hundredths of seconds, all of it the program's own."""
    if arguments[0]:
        ticks = process.clock.running() // _TICK
        process.write(arguments[0], structures.words((ticks, 0, 0, 0), process.word))
    return process.clock.monotonic() // _TICK


def getrusage(process: Process, arguments: Arguments) -> int:
    """Arguments: who, usage."""
    used = structures.timeval(process.clock.running(), process.word)
    process.write(arguments[1], used + bytes(len(used) + 14 * process.word))
    return 0
