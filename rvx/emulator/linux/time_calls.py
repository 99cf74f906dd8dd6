"""System calls on time, see `rvx.emulator.linux.clock`."""

from __future__ import annotations

import errno
import signal
from collections.abc import Callable, Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.clock import SECOND
from rvx.emulator.linux.process import CallError, Process
from rvx.emulator.linux.signals import COUNT, KERNEL
from rvx.emulator.linux.signals import TIMER as QUEUED
from rvx.emulator.linux.timers import Timer

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
    """Arguments: time, rest: the clock goes on, and nobody waits, unless a signal comes before."""
    until = process.clock.monotonic() + process.time(arguments[0], process.word)
    return _sleep(process, until, arguments[1], process.word)


def clock_nanosleep(word: int = 0) -> Call:
    """Arguments: clock, flags, time, rest."""

    def call(process: Process, arguments: Arguments) -> int:
        now = _now(process, arguments[0])
        wished = process.time(arguments[2], word or process.word)
        is_absolute = arguments[1] & _ABSOLUTE
        rest = wished - now if is_absolute else wished
        until = process.clock.monotonic() + rest
        return _sleep(process, until, 0 if is_absolute else arguments[3], word or process.word)

    return call


def _sleep(process: Process, until: int, rest: int, word: int) -> int:
    if not process.wait(until):
        return 0
    if rest:
        left = max(until - process.clock.monotonic(), 0)
        process.write(rest, structures.timespec(left, word))
    raise CallError(errno.EINTR)


def _interval_timer(process: Process, which: int) -> Timer:
    signals = (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF)
    if which >= len(signals):
        raise CallError(errno.EINVAL)
    made = Timer(signals[which], which != 0, KERNEL)
    return process.timers.intervals.setdefault(which, made)


def _setting(process: Process, timer: Timer, form: Callable[[int, int], bytes], word: int) -> bytes:
    """How a timer is set, `struct itimerval` or `itimerspec`: first how often, then when next."""
    return form(timer.interval, word) + form(process.timers.left(timer), word)


def _check_possible(process: Process, name: str) -> None:
    if not process.timers.is_possible:
        process.note(f"the code has no {name} that rvx has seen before it ran: it gives ENOSYS")
        raise CallError(errno.ENOSYS)


def getitimer(process: Process, arguments: Arguments) -> int:
    """Arguments: which, value."""
    timer = _interval_timer(process, arguments[0])
    process.write(arguments[1], _setting(process, timer, structures.timeval, process.word))
    return 0


def setitimer(process: Process, arguments: Arguments) -> int:
    """Arguments: which, new, old."""
    timer, word = _interval_timer(process, arguments[0]), process.word
    parts = [0, 0, 0, 0]
    if arguments[1]:
        data = process.read(arguments[1], 4 * word)
        parts = [int.from_bytes(data[i : i + word], "little") for i in range(0, 4 * word, word)]
    if any(one >= SECOND // 1000 for one in parts[1::2]) or any(one >> 62 for one in parts):
        raise CallError(errno.EINVAL)
    interval, after = (parts[i] * SECOND + parts[i + 1] * 1000 for i in (0, 2))
    if after:
        _check_possible(process, "setitimer")
    before = _setting(process, timer, structures.timeval, word)
    process.timers.start(timer, after, interval)
    if arguments[2]:
        process.write(arguments[2], before)
    return 0


def timer_create(process: Process, arguments: Arguments) -> int:
    """Arguments: clock, event, number."""
    clock, event, word = process.signed(arguments[0], 32), arguments[1], process.word
    _now(process, clock)
    number = max(process.timers.made, default=-1) + 1
    is_running = clock in (PROCESS, THREAD) or clock < 0
    made = Timer(signal.SIGALRM, is_running, QUEUED, number, number)
    if event:
        made.value = process.integer(event, word)
        made.signal = process.integer(event + word, 4)
        how = process.integer(event + word + 4, 4)
        if how == 1:  # SIGEV_NONE
            made.signal = 0
        elif how not in (0, 4) or not 0 < made.signal <= COUNT:  # SIGEV_SIGNAL, SIGEV_THREAD_ID
            raise CallError(errno.EINVAL)
    process.write(arguments[2], number.to_bytes(4, "little"))
    process.timers.made[number] = made
    return 0


def _made_timer(process: Process, number: int) -> Timer:
    found = process.timers.made.get(number)
    if found is None:
        raise CallError(errno.EINVAL)
    return found


def timer_settime(word: int = 0) -> Call:
    """Arguments: number, flags, new, old."""

    def call(process: Process, arguments: Arguments) -> int:
        size = word or process.word
        timer = _made_timer(process, arguments[0])
        interval = process.time(arguments[2], size)
        after = process.time(arguments[2] + 2 * size, size)
        if after:
            _check_possible(process, "timer_settime")
        if after and arguments[1] & _ABSOLUTE:
            after = max(after - process.timers.now(timer), 1)
        before = _setting(process, timer, structures.timespec, size)
        process.timers.start(timer, after, interval)
        if arguments[3]:
            process.write(arguments[3], before)
        return 0

    return call


def timer_gettime(word: int = 0) -> Call:
    """Arguments: number, value."""

    def call(process: Process, arguments: Arguments) -> int:
        timer = _made_timer(process, arguments[0])
        found = _setting(process, timer, structures.timespec, word or process.word)
        process.write(arguments[1], found)
        return 0

    return call


def timer_getoverrun(process: Process, arguments: Arguments) -> int:
    """Arguments: number."""
    return _made_timer(process, arguments[0]).late


def timer_delete(process: Process, arguments: Arguments) -> int:
    """Arguments: number."""
    _made_timer(process, arguments[0])
    del process.timers.made[arguments[0]]
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
