"""Breakpoints and watchpoints, compiled: asked before and after every instruction of a traced hart.

Whoever debugs lays the words of `Pause` at `Field.PAUSES`. A hit either ends the loop, at the exact
instruction and within repetitions as well, or is only written down and execution goes on: that is
how the last hit before some instruction is found at full speed, for going backwards.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rvx.emulator.context import Field
from rvx.emulator.native.pointers import int64_array, load_8, load_64, store_8, store_64
from rvx.isa.memory import ACCESS_ADDRESS, ACCESS_KIND, ACCESS_WORDS


class Pause(IntEnum):
    """The words at `Field.PAUSES`."""

    MARKS = 0  # address of a byte for every executable halfword: not 0 to stop in front of it
    IS_START = 1  # whether the next instruction is the one that execution goes on with
    IS_SCANNING = 2  # whether hits are written down only
    HIT = 3  # a `Hit`
    REMAINING = 4  # instructions left before the limit when it came
    PC = 5  # of the instruction in front of which it came, or which has done it
    WATCHES = 6  # address of the rows of `Watch`
    COUNT = 7  # how many there are
    BEGIN = 8  # execution stops outside of these addresses,
    LIMIT = 9  # if this is not 0
    END = 10


class Watch(IntEnum):
    """A row of the watchpoints."""

    KIND = 0
    ADDRESS = 1  # of the guest, for accesses
    SIZE = 2
    HOST = 3  # host address of what is watched,
    COPY = 4  # and of what it was
    MASK = 5  # of a word of 64 bits: those that are watched
    WHEN = 6  # instructions left before the limit when it was hit last
    END = 7


class Watched(IntEnum):
    """Kinds of watchpoints."""

    CHANGED = 0  # the bytes are others
    READ = 1  # something was loaded from there
    ACCESSED = 2  # something was loaded from there, or stored


class Hit(IntEnum):
    """What was hit."""

    NONE = 0
    BREAKPOINT = 1
    WATCH = 2
    RANGE = 3  # execution has left the range of addresses


_PAUSES, _EXEC_BASE = int(Field.PAUSES), int(Field.EXEC_BASE)
_ACCESSES, _ACCESS_WORDS = int(Field.ACCESSES), int(Field.ACCESS_WORDS)
_MARKS, _IS_START, _IS_SCANNING = int(Pause.MARKS), int(Pause.IS_START), int(Pause.IS_SCANNING)
_HIT, _REMAINING, _PC = int(Pause.HIT), int(Pause.REMAINING), int(Pause.PC)
_WATCHES, _COUNT = int(Pause.WATCHES), int(Pause.COUNT)
_BEGIN, _LIMIT, _END = int(Pause.BEGIN), int(Pause.LIMIT), int(Pause.END)
_ROW = int(Watch.END)
_KIND, _AT, _SIZE = int(Watch.KIND), int(Watch.ADDRESS), int(Watch.SIZE)
_HOST, _COPY, _MASK = int(Watch.HOST), int(Watch.COPY), int(Watch.MASK)
_WHEN = int(Watch.WHEN)
_CHANGED, _READ = int(Watched.CHANGED), int(Watched.READ)
_BREAKPOINT, _OF_WATCH, _OF_RANGE = int(Hit.BREAKPOINT), int(Hit.WATCH), int(Hit.RANGE)


def stops_before(context: Any, pc: int, remaining: int, is_repeated: bool) -> bool:
    """Whether execution is to stop in front of the instruction at pc.

    Args:
        context: the shared words.
        pc: its address, which is executable.
        remaining: instructions that are left before the limit.
        is_repeated: whether a repetition performs it; ranges are for what is fetched.
    """
    pauses = int64_array(context[_PAUSES], _END)
    if pauses[_IS_START] != 0:
        # Execution goes on from a breakpoint, which must not stop it again at once.
        pauses[_IS_START] = 0
        return False
    if load_8(pauses[_MARKS] + ((pc - context[_EXEC_BASE]) >> 1)) != 0:
        return _note(pauses, _BREAKPOINT, pc, remaining)
    is_outside = pauses[_LIMIT] != 0 and (pc < pauses[_BEGIN] or pc >= pauses[_LIMIT])
    if is_outside and not is_repeated:
        return _note(pauses, _OF_RANGE, pc, remaining)
    return False


def stops_behind(context: Any, pc: int, remaining: int) -> bool:
    """Whether execution is to stop behind the instruction at pc, which was performed.

    Args:
        context: the shared words.
        pc: its address.
        remaining: instructions that are left before the limit.
    """
    pauses = int64_array(context[_PAUSES], _END)
    for i in range(pauses[_COUNT]):
        watch = int64_array(pauses[_WATCHES] + 8 * _ROW * i, _ROW)
        is_hit = _changes(watch) if watch[_KIND] == _CHANGED else _accesses(context, watch)
        if is_hit:
            watch[_WHEN] = remaining
            _note(pauses, _OF_WATCH, pc, remaining)
    if context[_ACCESS_WORDS] != 0:
        store_64(context[_ACCESSES], 1)
    return bool(pauses[_HIT] != 0 and pauses[_IS_SCANNING] == 0)


def _note(pauses: Any, hit: int, pc: int, remaining: int) -> bool:
    pauses[_HIT], pauses[_PC], pauses[_REMAINING] = hit, pc, remaining
    return bool(pauses[_IS_SCANNING] == 0)


def _changes(watch: Any) -> bool:
    """Whether the bytes are no longer what they were; the copy follows them."""
    host, copy, size = watch[_HOST], watch[_COPY], watch[_SIZE]
    at = 0
    found = False
    while at + 8 <= size:
        word = load_64(host + at)
        others = word ^ load_64(copy + at)
        if others != 0:
            store_64(copy + at, word)
            if others & watch[_MASK] != 0:
                found = True
        at += 8
    while at < size:
        byte = load_8(host + at)
        if byte != load_8(copy + at):
            store_8(copy + at, byte)
            found = True
        at += 1
    return found


def _accesses(context: Any, watch: Any) -> bool:
    """Whether the instruction has accessed what is watched, as the log says."""
    log = context[_ACCESSES]
    at, end = 1, load_64(log)
    begin, limit = watch[_AT], watch[_AT] + watch[_SIZE]
    while at < end:
        address = load_64(log + 8 * (at + ACCESS_ADDRESS))
        kind = load_64(log + 8 * (at + ACCESS_KIND))
        is_there = address < limit and address + (kind >> 1) > begin
        if is_there and (kind & 1 == 0 or watch[_KIND] != _READ):
            return True
        at += ACCESS_WORDS
    return False
