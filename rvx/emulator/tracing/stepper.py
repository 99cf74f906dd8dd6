"""The loop of a traced hart, compiled: every instruction by its body, one after the other.

No translated code runs meanwhile, so that nothing has to be taken back and nothing is missed, and
executions are counted one by one in the same tables. What no body performs (system calls, CSRs of
machine mode, devices, traps) is left to the run loop, as the core leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any

from rvx import jit
from rvx.emulator.context import Field, Status
from rvx.emulator.hooks import find_row, perform_alone
from rvx.emulator.native.pauses import stops_before, stops_behind
from rvx.emulator.native.perform import read_word
from rvx.emulator.native.pointers import int64_array, load_8, load_64, store_8, store_64
from rvx.emulator.native.retire import Mark, Trace
from rvx.isa.bits import word_size
from rvx.isa.memory import EXECUTABLE, PAGE_SHIFT


class Paused(IntEnum):
    """Why the loop has ended, where no `Status` says it."""

    FETCH = 100  # nothing may be fetched at pc
    MARK = 101  # somebody wanted to be asked before pc
    NO_BODY = 102  # no body performs the word at pc
    ASKED = 103  # somebody has asked for it
    PAUSED = 104  # a breakpoint or watchpoint was hit


_STATUS, _REMAINING = int(Field.STATUS), int(Field.REMAINING)
_PC, _NEXT_PC, _STOP, _FAULT = (
    int(Field.PC),
    int(Field.NEXT_PC),
    int(Field.STOP),
    int(Field.FAULT),
)
_BOUNDS, _PAGES, _IS_LIMITED = int(Field.RAM_BOUNDS), int(Field.PAGES), int(Field.IS_LIMITED)
_EXEC_BASE, _EXEC_HALFWORDS = int(Field.EXEC_BASE), int(Field.EXEC_HALFWORDS)
_DIFFERENCES, _TOUCHED = int(Field.DIFFERENCES), int(Field.TOUCHED)
_TRACE, _ACCESSES, _END = int(Field.TRACE), int(Field.ACCESSES), int(Field.END)
_PAUSES = int(Field.PAUSES)
_MARKS, _ACCESS_MARK, _CODE_CHANGED = (
    int(Trace.MARKS),
    int(Trace.ACCESS_MARK),
    int(Trace.CODE_WRITTEN),
)
_TRACE_END, _STOPS = int(Trace.END), int(Mark.STOPS)
_LIMIT, _CODE_WRITTEN = int(Status.LIMIT), int(Status.CODE_WRITTEN)
_IS_FETCH, _IS_MARK, _IS_NO_BODY, _IS_ASKED, _IS_PAUSED = (
    int(Paused.FETCH),
    int(Paused.MARK),
    int(Paused.NO_BODY),
    int(Paused.ASKED),
    int(Paused.PAUSED),
)


def step_through(uc: int, data: int, pc: int) -> int:
    """Performs instructions from pc on; PC is where it has ended, the result why."""
    context = int64_array(data, _END)
    trace = int64_array(context[_TRACE], _TRACE_END)
    is_first = True
    while True:
        context[_PC] = pc
        if context[_STOP] != 0:
            return _IS_ASKED
        if context[_IS_LIMITED] != 0 and context[_REMAINING] < 1:
            return _LIMIT
        index = (pc - context[_EXEC_BASE]) >> 1
        if pc < context[_EXEC_BASE] or index >= context[_EXEC_HALFWORDS]:
            return _IS_FETCH
        if not _is_executable(context, pc):
            return _IS_FETCH
        if not is_first and load_8(trace[_MARKS] + index) & _STOPS != 0:
            return _IS_MARK
        is_first = False
        if context[_PAUSES] != 0 and stops_before(context, pc, context[_REMAINING], False):
            return _IS_PAUSED
        word = read_word(context, pc)
        size = word_size(word & 0xFFFF)
        if size > 2 and not _is_executable(context, pc + size - 1):
            return _IS_FETCH
        row = find_row(context, word)
        if row == 0:
            return _IS_NO_BODY
        context[_REMAINING] -= 1
        perform_alone(uc, context, row, pc)
        if context[_STATUS] == _CODE_WRITTEN:
            # Words are read anew here; whoever has translated them hears of it later.
            trace[_CODE_CHANGED] = 1
            context[_STATUS] = 0
            context[_FAULT + 3] = 0
        status = context[_STATUS]
        if status == 0 or context[_PC] != pc:
            # An instruction that repeats others is done where one of those is not.
            _count(context, pc, size)
        if status != 0:
            store_64(context[_ACCESSES], trace[_ACCESS_MARK])
            return int(status)
        is_over = context[_PAUSES] != 0 and stops_behind(context, pc, context[_REMAINING])
        pc = context[_NEXT_PC]
        if is_over:
            context[_PC] = pc
            return _IS_PAUSED


def _is_executable(context: Any, address: int) -> bool:
    page = (address - context[_BOUNDS]) >> PAGE_SHIFT
    return bool(load_8(context[_PAGES] + page) & EXECUTABLE != 0)


def _count(context: Any, pc: int, size: int) -> None:
    """Counts one execution."""
    offset = pc - context[_EXEC_BASE]
    at = context[_DIFFERENCES] + (offset << 2)
    store_64(at, load_64(at) + 1)
    at += size << 2
    store_64(at, load_64(at) - 1)
    store_8(context[_TOUCHED] + (offset >> PAGE_SHIFT), 1)
    store_8(context[_TOUCHED] + ((offset + size) >> PAGE_SHIFT), 1)


_SOURCE = """
def steps(uc, data, pc):
    return step_through(uc, data, pc)
"""


@cache
def steps() -> Callable[..., int]:
    """The loop, to be called with the core's handle, the context's address and pc."""
    code = jit.Code(
        _SOURCE, {"steps": "int64(int64, int64, int64)"}, {"step_through": step_through}
    )
    return code.function("steps")
