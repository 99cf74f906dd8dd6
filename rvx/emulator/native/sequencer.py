"""Repetitions, compiled: performs the rows of a sequence, or lets a compiled loop do it.

Called from the trap hook after an instruction such as frep.o has asked for it. Sequences are read
and their rows are made on the Python side, once; see `rvx.emulator.repetition.sequence` and
`rvx.emulator.repetition.records`. Tested to do what `tests/emulator/witness.py` does, item by item.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rvx.emulator.context import STOP_NOW, Field, Status
from rvx.emulator.native.calls import Record as Followed
from rvx.emulator.native.pauses import stops_before, stops_behind
from rvx.emulator.native.perform import perform, raise_flags, read_word, stop
from rvx.emulator.native.pointers import (
    call_region,
    call_word_callback,
    int64_array,
    load_64,
    store_8,
    store_64,
)
from rvx.isa import repeat, streams
from rvx.isa.memory import PAGE_SHIFT


class Record(IntEnum):
    """Position of each part of a sequence's record, an int64 array."""

    FUNCTION = 0  # the compiled loop, 0 if there is none: without streams, then with them
    WEIGHT = 2  # instructions that were performed: likewise
    WORD = 4
    COUNT = 5
    NEXT_PC = 6
    PHASES = 7
    DEPTH = 8  # how many blocks there are, one within the other
    BLOCKS = 9  # a `Level` each
    ITEMS = BLOCKS + 4 * repeat.MOST_NESTED


class Level(IntEnum):
    """Position of each part of a block within its record."""

    FIRST = 0
    LAST = 1
    ROW = 2  # of the instruction that repeats it; 0 for the outermost block
    PC = 3
    END = 4


class Item(IntEnum):
    """Position of each part of an item within its record."""

    PC = 0
    WORD = 1
    ROWS = 2  # one a phase; 0 for the instruction that repeats within
    END = 10


class Position(IntEnum):
    """The words at `Field.POSITION`: where a repetition stands, and how far it goes."""

    ITEM = 0
    BEHIND = 1  # iterations in the current round, a word a block
    ITERATIONS = BEHIND + repeat.MOST_NESTED  # how many a round has, a word a block
    END = ITERATIONS + repeat.MOST_NESTED


DONE, LEFT = 0, 1
"""What a compiled loop gives back: all is done, or somebody else has to perform the next item."""
_PATIENCE = 64
"""Items that are performed one by one before a compiled loop is tried again that was left."""

_STATUS, _REMAINING, _IS_LIMITED = int(Field.STATUS), int(Field.REMAINING), int(Field.IS_LIMITED)
_PC, _NEXT_PC, _FFLAGS = int(Field.PC), int(Field.NEXT_PC), int(Field.FFLAGS)
_EXEC_BASE, _DIFFERENCES = int(Field.EXEC_BASE), int(Field.DIFFERENCES)
_REPEAT, _SSR, _SEQUENCES = int(Field.REPEAT), int(Field.SSR), int(Field.SEQUENCES)
_PREPARE, _REPEATED, _POSITION = int(Field.PREPARE), int(Field.REPEATED), int(Field.POSITION)
_FAULT, _SUSPENDED = int(Field.FAULT), int(Field.SUSPENDED)
_TOUCHED, _PAUSES = int(Field.TOUCHED), int(Field.PAUSES)
_CALLS, _TOTAL = int(Field.CALLS), int(Followed.TOTAL)
_STOP, _STOP_NOW = int(Field.STOP), int(STOP_NOW)
_ILLEGAL, _FAULTED = int(Status.ILLEGAL), int(Status.FAULT)
_LIMIT, _INTERRUPTED = int(Status.LIMIT), int(Status.INTERRUPTED)
_FUNCTION, _WEIGHT, _WORD = int(Record.FUNCTION), int(Record.WEIGHT), int(Record.WORD)
_COUNT, _END_PC = int(Record.COUNT), int(Record.NEXT_PC)
_PHASES, _ITEMS = int(Record.PHASES), int(Record.ITEMS)
_DEPTH, _BLOCKS, _LEVEL = int(Record.DEPTH), int(Record.BLOCKS), int(Level.END)
_FIRST, _LAST, _LEVEL_ROW, _LEVEL_PC = (
    int(part) for part in (Level.FIRST, Level.LAST, Level.ROW, Level.PC)
)
_BEHIND, _ITERATIONS, _POSITION_WORDS = (
    int(part) for part in (Position.BEHIND, Position.ITERATIONS, Position.END)
)
_ITEM_PC, _ITEM_WORD, _ITEM_ROWS = int(Item.PC), int(Item.WORD), int(Item.ROWS)
_ITEM_END = int(Item.END)
_DONE, _LEFT = DONE, LEFT
_UNLIMITED = 1 << 62


def repeat_block(uc: int, context: Any, pc: int) -> None:
    """Performs the repetition that the instruction at `pc` has asked for.

    Afterwards PC and NEXT_PC are those of that instruction, as after any other; if the status says
    that the run ends, PC is that of the instruction that was not performed.
    """
    iterations = context[_REPEAT]
    record = _find_record(context, pc)
    context[_REPEAT] = 0
    context[_PC] = pc
    if record == 0:
        stop(uc, context, _ILLEGAL)
        return
    sequence = int64_array(record, _ITEMS)
    position = int64_array(context.ctypes.data + 8 * _POSITION, _POSITION_WORDS)
    position[0] = 0
    for depth in range(sequence[_DEPTH]):
        if depth > 0:
            level = _BLOCKS + depth * _LEVEL
            perform(uc, context, sequence[level + _LEVEL_ROW], sequence[level + _LEVEL_PC])
            iterations = context[_REPEAT]
            context[_REPEAT] = 0
            if context[_STATUS] == _FAULTED:
                return
        position[_BEHIND + depth] = 0
        position[_ITERATIONS + depth] = iterations
    _go_on(uc, context, record, pc)


def _go_on(uc: int, context: Any, record: int, pc: int) -> None:
    """Performs a repetition from its position on; afterwards PC is `pc`, as `repeat_block` says."""
    sequence = int64_array(record, _ITEMS)
    position = int64_array(context.ctypes.data + 8 * _POSITION, _POSITION_WORDS)
    status = _run(uc, context, record, position)
    if context[_FFLAGS] != 0:
        raise_flags(uc, context)
    _count(context, record, position, 1)
    context[_NEXT_PC] = sequence[_END_PC]
    context[_PC] = pc
    if status != 0:
        context[_PC] = load_64(_item(record, position[0]) + 8 * _ITEM_PC)
        if status != _FAULTED:
            context[_SUSPENDED] = record
        stop(uc, context, status)


def resume(uc: int, context: Any, pc: int) -> bool:
    """Goes on with the repetition that was stopped in front of the item at `pc`.

    Afterwards NEXT_PC is where execution goes on, unless the status says that the run ends. Gives
    whether there was one: code that was changed meanwhile is no longer what was repeated.
    """
    record = context[_SUSPENDED]
    context[_SUSPENDED] = 0
    if record == 0:
        return False
    position = int64_array(context.ctypes.data + 8 * _POSITION, _POSITION_WORDS)
    if load_64(_item(record, position[0]) + 8 * _ITEM_PC) != pc or not _items_stand(
        context, record
    ):
        return False
    # What was performed by then is counted already, and is nothing of the present limit's.
    remaining = context[_REMAINING]
    _count(context, record, position, -1)
    counted = context[_REMAINING] - remaining
    context[_REMAINING] = remaining
    _go_on(uc, context, record, pc)
    context[_REMAINING] += counted
    return True


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
    return _items_stand(context, record)


def _items_stand(context: Any, record: int) -> bool:
    """Whether memory holds what is repeated."""
    for i in range(load_64(record + 8 * _COUNT)):
        item = _item(record, i)
        if read_word(context, load_64(item + 8 * _ITEM_PC)) != load_64(item + 8 * _ITEM_WORD):
            return False
    return True


def _run(uc: int, context: Any, record: int, position: Any) -> int:
    """Performs items from the position on; gives the status of what could not be, else 0.

    Where it ends early, the position is that of the item that was not performed.
    """
    sequence = int64_array(record, _ITEMS)
    phases, depths = sequence[_PHASES], sequence[_DEPTH]
    innermost = depths - 1
    first = sequence[_BLOCKS + innermost * _LEVEL + _FIRST]
    last = sequence[_BLOCKS + innermost * _LEVEL + _LAST]
    budget = context[_REMAINING] if context[_IS_LIMITED] != 0 else _UNLIMITED
    function = _function(context, sequence, budget, position)
    patience = 0
    at = position[0]
    is_first_round = _is_first_round(position, depths)
    is_paused = False
    while position[_BEHIND] < position[_ITERATIONS]:
        position[0] = at
        if function != 0 and patience == 0:
            done = call_region(function, context.ctypes.data, _LEFT)
            if context[_FAULT] != 0:
                return _FAULTED  # A body has raised.
            at = position[0]
            is_first_round = _is_first_round(position, depths)
            if done == _DONE:
                break
            patience = _PATIENCE
        patience -= 1
        phase = 0
        if phases > 1 and first <= at <= last:
            phase = position[_BEHIND + innermost] % phases
        row = load_64(_item(record, at) + 8 * (_ITEM_ROWS + phase))
        pc = load_64(_item(record, at) + 8 * _ITEM_PC)
        if row != 0 or is_first_round:
            if context[_STOP] == _STOP_NOW or is_paused:
                return _INTERRUPTED
            if budget < 1:
                return _LIMIT
            if context[_PAUSES] != 0 and stops_before(context, pc, budget, True):
                return _INTERRUPTED
            budget -= 1
        if row != 0:
            perform(uc, context, row, pc)
            if context[_STATUS] == _FAULTED:
                return _FAULTED
            if context[_PAUSES] != 0:
                is_paused = stops_behind(context, pc, budget)
        # From the inside out: the first block that ends here and is not done goes on.
        ended = at
        at += 1
        for depth in range(innermost, -1, -1):
            if sequence[_BLOCKS + depth * _LEVEL + _LAST] != ended:
                continue
            position[_BEHIND + depth] += 1
            is_first_round = False
            if position[_BEHIND + depth] < position[_ITERATIONS + depth]:
                at = sequence[_BLOCKS + depth * _LEVEL + _FIRST]
                break
            if depth > 0:
                position[_BEHIND + depth] = 0
    position[0] = 0
    return 0


def _is_first_round(position: Any, depths: int) -> bool:
    behind = 0
    for depth in range(depths):
        behind += position[_BEHIND + depth]
    return bool(behind == 0)


def _function(context: Any, sequence: Any, budget: int, position: Any) -> int:
    """The compiled loop for this state of streams, 0 if there is none or the limit may strike."""
    is_streaming = 0
    if context[_SSR] != 0:
        is_streaming = load_64(context[_SSR] + 8 * streams.ENABLED) & 1
    depths = sequence[_DEPTH]
    total = depths - 1
    rounds = 1
    for depth in range(depths):
        rounds *= position[_ITERATIONS + depth]
        level = _BLOCKS + depth * _LEVEL
        own = sequence[level + _LAST] - sequence[level + _FIRST] + 1
        if depth + 1 < depths:
            # The items of the block within, and its marker.
            within = level + _LEVEL
            own -= sequence[within + _LAST] - sequence[within + _FIRST] + 2
        total += own * rounds
    sequence[_WEIGHT + is_streaming] += total
    return 0 if budget < total else sequence[_FUNCTION + is_streaming]


def _depth(sequence: Any, item: int) -> int:
    """The innermost block that an item stands in."""
    depth = sequence[_DEPTH] - 1
    while not (
        sequence[_BLOCKS + depth * _LEVEL + _FIRST]
        <= item
        <= sequence[_BLOCKS + depth * _LEVEL + _LAST]
    ):
        depth -= 1
    return depth


def _count(context: Any, record: int, position: Any, sign: int) -> None:
    """Counts every item as often as it was performed, and notes what was not fetched.

    As `rvx.emulator.repetition.sequence.Sequence.executions` does; with a sign of -1, it is taken
    back.
    """
    sequence = int64_array(record, _ITEMS)
    at = position[0]
    reached = _depth(sequence, at)
    for i in range(sequence[_COUNT]):
        own = _depth(sequence, i)
        executions = 0
        passed = 1 if i < at else 0
        for depth in range(own + 1):
            executions *= position[_ITERATIONS + depth]
            if depth <= reached:
                executions += position[_BEHIND + depth]
            else:
                passed *= position[_ITERATIONS + depth]
        executions += passed
        item = _item(record, i)
        if load_64(item + 8 * _ITEM_ROWS) == 0:
            executions = min(executions, 1)
        offset = (load_64(item + 8 * _ITEM_PC) - context[_EXEC_BASE]) << 2
        store_8(context[_TOUCHED] + (offset >> PAGE_SHIFT + 2), 1)
        store_8(context[_TOUCHED] + (offset + 16 >> PAGE_SHIFT + 2), 1)
        _add(context[_DIFFERENCES] + offset, sign * executions)
        _add(context[_DIFFERENCES] + offset + 16, -sign * executions)
        if executions > 1:
            _add(context[_REPEATED] + offset, sign * (executions - 1))
        context[_REMAINING] -= sign * executions
        if context[_CALLS] != 0:
            _add(context[_CALLS] + 8 * _TOTAL, sign * executions)


def _add(address: int, value: int) -> None:
    store_64(address, load_64(address) + value)
