"""Repetitions, compiled: performs the rows of a sequence, or lets a compiled loop do it.

Called from the trap hook after an instruction such as frep.o has asked for it. Sequences are read
and their rows are made on the Python side, once; see `rvx.emulator.sequences` and
`rvx.emulator.records`. Tested to do what `rvx.emulator.repeater` does.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rvx.emulator.context import STOP_NOW, Field, Status
from rvx.emulator.perform import perform, raise_flags, read_word, stop
from rvx.emulator.pointers import call_region, call_word_callback, int64_array, load_64, store_64
from rvx.isa import streams


class Record(IntEnum):
    """Position of each part of a sequence's record, an int64 array."""

    FUNCTION = 0  # the compiled loop, 0 if there is none: without streams, then with them
    WEIGHT = 2  # instructions that were performed: likewise
    WORD = 4
    COUNT = 5
    NEXT_PC = 6
    INNER_FIRST = 7  # -1 where nothing is repeated within
    INNER_LAST = 8
    INNER_ROW = 9
    INNER_PC = 10
    PHASES = 11
    ITEMS = 12


class Item(IntEnum):
    """Position of each part of an item within its record."""

    PC = 0
    WORD = 1
    ROWS = 2  # one a phase; 0 for the instruction that repeats within
    END = 10


class Position(IntEnum):
    """The words at `Field.POSITION`: where a repetition stands, and how far it goes."""

    ITEM = 0
    OUTER = 1
    INNER = 2
    OUTER_END = 3
    INNER_END = 4


DONE, LEFT = 0, 1
"""What a compiled loop gives back: all is done, or somebody else has to perform the next item."""
_PATIENCE = 64
"""Items that are performed one by one before a compiled loop is tried again that was left."""

_STATUS, _REMAINING, _IS_LIMITED = int(Field.STATUS), int(Field.REMAINING), int(Field.IS_LIMITED)
_PC, _NEXT_PC, _FFLAGS = int(Field.PC), int(Field.NEXT_PC), int(Field.FFLAGS)
_EXEC_BASE, _DIFFERENCES = int(Field.EXEC_BASE), int(Field.DIFFERENCES)
_REPEAT, _SSR, _SEQUENCES = int(Field.REPEAT), int(Field.SSR), int(Field.SEQUENCES)
_PREPARE, _REPEATED, _POSITION = int(Field.PREPARE), int(Field.REPEATED), int(Field.POSITION)
_STOP, _STOP_NOW = int(Field.STOP), int(STOP_NOW)
_ILLEGAL, _FAULTED = int(Status.ILLEGAL), int(Status.FAULT)
_LIMIT, _INTERRUPTED = int(Status.LIMIT), int(Status.INTERRUPTED)
_FUNCTION, _WEIGHT, _WORD = int(Record.FUNCTION), int(Record.WEIGHT), int(Record.WORD)
_COUNT, _END_PC = int(Record.COUNT), int(Record.NEXT_PC)
_INNER_FIRST, _INNER_LAST = int(Record.INNER_FIRST), int(Record.INNER_LAST)
_INNER_ROW, _INNER_PC = int(Record.INNER_ROW), int(Record.INNER_PC)
_PHASES, _ITEMS = int(Record.PHASES), int(Record.ITEMS)
_ITEM_PC, _ITEM_WORD, _ITEM_ROWS = int(Item.PC), int(Item.WORD), int(Item.ROWS)
_ITEM_END = int(Item.END)
_DONE, _LEFT = DONE, LEFT
_UNLIMITED = 1 << 62


def repeat_block(uc: int, context: Any, pc: int) -> None:
    """Performs the repetition that the instruction at `pc` has asked for.

    Afterwards PC and NEXT_PC are those of that instruction, as after any other; if the status says
    that the run ends, PC is that of the instruction that was not performed.
    """
    outer_end = context[_REPEAT]
    record = _find_record(context, pc)
    context[_REPEAT] = 0
    context[_PC] = pc
    if record == 0:
        stop(uc, context, _ILLEGAL)
        return
    sequence = int64_array(record, _ITEMS)
    inner_end = 1
    if sequence[_INNER_ROW] != 0:
        perform(uc, context, sequence[_INNER_ROW], sequence[_INNER_PC])
        inner_end = context[_REPEAT]
        context[_REPEAT] = 0
        if context[_STATUS] == _FAULTED:
            return
    position = int64_array(context.ctypes.data + 8 * _POSITION, 5)
    position[0], position[1], position[2] = 0, 0, 0
    position[3], position[4] = outer_end, inner_end
    status = _run(uc, context, record, position)
    if context[_FFLAGS] != 0:
        raise_flags(uc, context)
    _count(context, record, position)
    context[_NEXT_PC] = sequence[_END_PC]
    context[_PC] = pc
    if status != 0:
        context[_PC] = load_64(_item(record, position[0]) + 8 * _ITEM_PC)
        stop(uc, context, status)


def _find_record(context: Any, pc: int) -> int:
    """The record of the sequence at `pc`, made anew if code has changed; 0 if there is none."""
    slot = context[_SEQUENCES] + ((pc - context[_EXEC_BASE]) << 2)
    record = load_64(slot)
    if record == 0 or not _is_current(context, record, pc):
        record = call_word_callback(context[_PREPARE], pc)
    return record


def _item(record: int, index: int) -> int:
    return record + 8 * (_ITEMS + index * _ITEM_END)


def _is_current(context: Any, record: int, pc: int) -> bool:
    if read_word(context, pc) != load_64(record + 8 * _WORD):
        return False
    for i in range(load_64(record + 8 * _COUNT)):
        item = _item(record, i)
        if read_word(context, load_64(item + 8 * _ITEM_PC)) != load_64(item + 8 * _ITEM_WORD):
            return False
    return True


def _run(uc: int, context: Any, record: int, position: Any) -> int:
    """Performs items from the position on; gives the status of what could not be, else 0."""
    sequence = int64_array(record, _ITEMS)
    count, phases = sequence[_COUNT], sequence[_PHASES]
    first, last = sequence[_INNER_FIRST], sequence[_INNER_LAST]
    outer_end, inner_end = position[3], position[4]
    budget = context[_REMAINING] if context[_IS_LIMITED] != 0 else _UNLIMITED
    function = _function(context, sequence, budget, outer_end, inner_end)
    patience = 0
    at, outer, inner = 0, 0, 0
    while outer < outer_end:
        if function != 0 and patience == 0:
            position[0], position[1], position[2] = at, outer, inner
            done = call_region(function, context.ctypes.data, _LEFT)
            at, outer, inner = position[0], position[1], position[2]
            if done == _DONE:
                break
            patience = _PATIENCE
        patience -= 1
        phase = 0
        if phases > 1 and (first < 0 or first <= at <= last):
            phase = (outer if first < 0 else inner) % phases
        row = load_64(_item(record, at) + 8 * (_ITEM_ROWS + phase))
        if row != 0 or outer == 0:
            position[0], position[1], position[2] = at, outer, inner
            if context[_STOP] == _STOP_NOW:
                return _INTERRUPTED
            if budget < 1:
                return _LIMIT
            budget -= 1
        if row != 0:
            perform(uc, context, row, load_64(_item(record, at) + 8 * _ITEM_PC))
            if context[_STATUS] == _FAULTED:
                return _FAULTED
        if at == last:
            inner += 1
            if inner < inner_end:
                at = first
                continue
            inner = 0
        at += 1
        if at == count:
            at = 0
            outer += 1
    position[0], position[1], position[2] = 0, outer_end, 0
    return 0


def _function(context: Any, sequence: Any, budget: int, outer_end: int, inner_end: int) -> int:
    """The compiled loop for this state of streams, 0 if there is none or the limit may strike."""
    is_streaming = 0
    if context[_SSR] != 0:
        is_streaming = load_64(context[_SSR] + 8 * streams.ENABLED) & 1
    count = sequence[_COUNT]
    total = outer_end * count
    if sequence[_INNER_FIRST] >= 0:
        inner = sequence[_INNER_LAST] - sequence[_INNER_FIRST] + 1
        total = outer_end * (count - 1 - inner) + outer_end * inner_end * inner + 1
    sequence[_WEIGHT + is_streaming] += total
    return 0 if budget < total else sequence[_FUNCTION + is_streaming]


def _count(context: Any, record: int, position: Any) -> None:
    """Counts every item as often as it was performed, and notes what was not fetched."""
    sequence = int64_array(record, _ITEMS)
    first, last = sequence[_INNER_FIRST], sequence[_INNER_LAST]
    at, outer, inner, inner_end = position[0], position[1], position[2], position[4]
    for i in range(sequence[_COUNT]):
        executions = outer + (1 if i < at else 0)
        item = _item(record, i)
        if load_64(item + 8 * _ITEM_ROWS) == 0:
            executions = min(executions, 1)
        elif first <= i <= last:
            executions = outer * inner_end
            if at > last:
                executions += inner_end
            elif at >= first:
                executions += inner + (1 if i < at else 0)
        offset = (load_64(item + 8 * _ITEM_PC) - context[_EXEC_BASE]) << 2
        _add(context[_DIFFERENCES] + offset, executions)
        _add(context[_DIFFERENCES] + offset + 16, -executions)
        if executions > 1:
            _add(context[_REPEATED] + offset, executions - 1)
        context[_REMAINING] -= executions


def _add(address: int, value: int) -> None:
    store_64(address, load_64(address) + value)
