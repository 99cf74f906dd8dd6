"""Puts instructions in time, one after the other: compiled, or interpreted.

Instructions come in the order in which they retire. Each is issued no earlier than the one before
it, and when its operands, its unit and its queue are ready; the latest of these is the cause of the
cycles that it waits for. What is handed over to a queue goes on by itself: a unit behind it may be
ahead of, or behind, where instructions are issued. So cycles are given to instructions at the front
of all time that has been spent so far: an instruction that ends behind the front moves it, and gets
the cycles between; one that runs beside another gets none. The sum over all is the time of the run.

Nothing here knows a core. It is tested against pipelines that are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any

from rvx import jit
from rvx.analysis.cycles.core import Predictor
from rvx.analysis.cycles.costs import (
    FIELDS_SHIFT,
    LATER_SHIFT,
    VALUE_SHIFT,
    WIDTH_SHIFT,
    Cost,
    F,
    Flag,
    V,
    Width,
)
from rvx.emulator.native.pointers import int64_array
from rvx.emulator.native.retire import Kind, Retired, Write
from rvx.isa.streams import STREAMS


class Cause(IntEnum):
    """Why an instruction waits."""

    DEPENDENCY = 0
    MEMORY = 1
    STRUCTURAL = 2
    BRANCH = 3
    FRONTEND = 4


class Tally(IntEnum):
    """What is known of a row's executions."""

    EXECUTIONS = 0
    WORK = 1  # cycles at the front of time in which it was performed
    WAITS = 2  # cycles in which it waited there, one a cause
    OCCUPIED = 2 + len(Cause)  # cycles of its unit, whether somebody else worked beside or not
    END = 3 + len(Cause)


class State(IntEnum):
    """What is kept from an instruction to the next, and what does not change."""

    NOW = 0  # the cycle in which instructions are issued
    USED = 1  # how many were in it
    FRONTEND = 2  # the earliest cycle for the next one
    FRONTEND_CAUSE = 3
    FRONT = 4  # the end of all time that has been spent
    LAST = 5  # the last cycle in which a result became known
    STREAMING = 6
    STREAM_READY = 7
    REPEAT_BEGIN = 8
    REPEAT_END = 9
    REPEAT_LEFT = 10
    WENT = 11  # flags of the instruction before, if it may have gone elsewhere
    WENT_PC = 12  # its address
    WENT_NEXT = 13  # the one behind it
    WENT_AT = 14  # the cycle in which it was issued
    # What does not change.
    WIDTH = 15
    WAITS_FOR_RESULT = 16
    PREDICTOR = 17
    ENTRIES = 18
    TAKEN = 19
    MISPREDICTED = 20
    JUMP = 21
    JUMP_REGISTER = 22
    RETURNING = 23
    STREAM_LATENCY = 24
    VLEN = 25
    END = 26


class QueueWord(IntEnum):
    """What is known of a queue; behind it stand the cycles in which its places become free."""

    DEPTH = 0
    LATENCY = 1
    IS_IN_ORDER = 2
    NEXT = 3  # the earliest cycle of the next start
    PLACE = 4  # of the next instruction
    FIRST = 5  # where its places begin
    END = 6


class UnitWord(IntEnum):
    """What is known of a unit."""

    PORTS = 0
    BITS = 1
    FIRST = 2  # where the cycles in which its ports become free begin
    END = 3


class Part(IntEnum):
    """The arrays of the scoreboard, in the order of the parameters of `advance`."""

    RECORDS = 0
    WRITES = 1
    TABLE = 2
    ROWS = 3
    OPERANDS = 4
    FIRST = 5
    LAST = 6
    LOADED = 7
    UNITS = 8
    QUEUES = 9
    PLACES = 10
    COUNTERS = 11
    TALLIES = 12
    STATE = 13
    END = 14


# Compiled code takes plain numbers.
_RETIRED, _PC, _WORD, _SIZE, _WRITES_END = (
    int(one) for one in (Retired.END, Retired.PC, Retired.WORD, Retired.SIZE, Retired.WRITES)
)
_WRITE, _KEY, _VALUE, _SETTING = (
    int(one) for one in (Write.END, Write.KEY, Write.VALUE, Kind.SETTING)
)
(
    _UNIT,
    _LATENCY,
    _INTERVAL,
    _OVERHEAD,
    _ELEMENTS,
    _FLAGS,
    _QUEUE,
    _READS,
    _WRITTEN,
    _OPERANDS,
    _WORK,
    _REPEATED,
    _INSTRUCTIONS,
    _COST,
) = (int(one) for one in Cost)
(
    _BRANCH,
    _JUMP,
    _JUMP_REGISTER,
    _RETURN,
    _LOAD,
    _VECTOR,
    _BLOCKS,
    _ON,
    _OFF,
    _SETUP,
    _BACKWARD,
    _CHAINS,
    _DRAINS,
) = (int(one) for one in Flag)
_GOES = _BRANCH | _JUMP | _JUMP_REGISTER | _RETURN
_SCALED, _ABSOLUTE, _FIXED = int(Width.SCALED), int(Width.ABSOLUTE), int(Width.FIXED)
_WIDTH_SHIFT, _VALUE_SHIFT, _FIELDS_SHIFT, _LATER_SHIFT = (
    WIDTH_SHIFT,
    VALUE_SHIFT,
    FIELDS_SHIFT,
    LATER_SHIFT,
)
_F, _V = F, V
_STREAMS = STREAMS
_DEPENDS, _MEMORY, _STRUCTURAL, _BY_BRANCH, _BY_FRONTEND = (int(one) for one in Cause)
_EXECUTIONS, _WORKED, _WAITED, _OCCUPIED, _TALLY = (int(one) for one in Tally)
_NEVER, _IF_BACKWARD = int(Predictor.NEVER), int(Predictor.BACKWARD)
_NOW = int(State.NOW)
_USED = int(State.USED)
_FRONTEND = int(State.FRONTEND)
_FRONTEND_CAUSE = int(State.FRONTEND_CAUSE)
_FRONT = int(State.FRONT)
_LAST = int(State.LAST)
_STREAMING = int(State.STREAMING)
_STREAM_READY = int(State.STREAM_READY)
_REPEAT_BEGIN = int(State.REPEAT_BEGIN)
_REPEAT_END = int(State.REPEAT_END)
_REPEAT_LEFT = int(State.REPEAT_LEFT)
_WENT = int(State.WENT)
_WENT_PC = int(State.WENT_PC)
_WENT_NEXT = int(State.WENT_NEXT)
_WENT_AT = int(State.WENT_AT)
_ISSUE_WIDTH = int(State.WIDTH)
_WAITS_FOR_RESULT = int(State.WAITS_FOR_RESULT)
_PREDICTOR = int(State.PREDICTOR)
_ENTRIES = int(State.ENTRIES)
_TAKEN = int(State.TAKEN)
_MISPREDICTED = int(State.MISPREDICTED)
_JUMP_COST = int(State.JUMP)
_JUMP_REGISTER_COST = int(State.JUMP_REGISTER)
_RETURN_COST = int(State.RETURNING)
_STREAM_LATENCY = int(State.STREAM_LATENCY)
_VLEN = int(State.VLEN)
_DEPTH, _Q_LATENCY, _IN_ORDER = (
    int(one) for one in (QueueWord.DEPTH, QueueWord.LATENCY, QueueWord.IS_IN_ORDER)
)
_Q_NEXT, _Q_PLACE, _Q_FIRST, _Q_END = (
    int(one) for one in (QueueWord.NEXT, QueueWord.PLACE, QueueWord.FIRST, QueueWord.END)
)
_U_PORTS, _U_BITS, _U_FIRST, _U_END = (
    int(one) for one in (UnitWord.PORTS, UnitWord.BITS, UnitWord.FIRST, UnitWord.END)
)


def slot_of(pc: int, word: int, mask: int) -> int:
    """Where the search for a word at an address begins in the table."""
    return ((pc >> 1) * 31 + word * 7) & mask


def group(operand: int, setting: int) -> int:
    """How many registers an operand is."""
    width = operand >> _WIDTH_SHIFT & 3
    value = operand >> _VALUE_SHIFT & 255
    if width == 0:
        return 1
    if width == _FIXED:
        return value
    sew = setting >> 3 & 7
    eew = value if width == _ABSOLUTE else sew + value - 8
    emul = ((setting & 7) ^ 4) - 4 + eew - sew
    registers = 1 if emul < 0 else 1 << emul
    return registers * ((operand >> _FIELDS_SHIFT & 15) + 1)


def beats(work: int, setting: int, vlen: int, bits: int, elements: int) -> int:
    """How many intervals a vector instruction takes."""
    width = work >> _WIDTH_SHIFT & 3
    value = work >> _VALUE_SHIFT & 255
    fields = (work >> _FIELDS_SHIFT & 15) + 1
    vl = setting >> 16
    if width == _FIXED:
        total, number = value * vlen, value * (vlen >> 6)
    elif width == 0:
        total, number = vl, vl
    else:
        eew = value if width == _ABSOLUTE else (setting >> 3 & 7) + value - 8
        total, number = (vl * fields) << (3 + eew), vl * fields
    if elements > 0:
        needed = (number + elements - 1) // elements
    elif bits > 0:
        needed = (total + bits - 1) // bits
    else:
        needed = 1
    return max(needed, 1)


def settle(state: Any, counters: Any, pc: int) -> None:
    """What the branch or jump before costs, now that it is known where it went."""
    flags = state[_WENT]
    state[_WENT] = 0
    is_taken = pc != state[_WENT_NEXT]
    lost, cause = 0, _BY_FRONTEND
    if flags & _BRANCH != 0:
        cause = _BY_BRANCH
        is_expected = False
        if state[_PREDICTOR] == _IF_BACKWARD:
            is_expected = flags & _BACKWARD != 0
        elif state[_PREDICTOR] != _NEVER:
            at = (state[_WENT_PC] >> 1) & (state[_ENTRIES] - 1)
            is_expected = counters[at] > 1
            if is_taken:
                counters[at] = min(counters[at] + 1, 3)
            else:
                counters[at] = max(counters[at] - 1, 0)
        if is_expected != is_taken:
            lost = state[_MISPREDICTED]
        elif is_taken:
            lost = state[_TAKEN]
    elif flags & _JUMP != 0:
        lost = state[_JUMP_COST]
    elif flags & _RETURN != 0:
        lost = state[_RETURN_COST]
    else:
        lost = state[_JUMP_REGISTER_COST]
    if lost > 0:
        state[_FRONTEND] = state[_WENT_AT] + 1 + lost
        state[_FRONTEND_CAUSE] = cause


def advance(
    begin: int,
    count: int,
    mask: int,
    records: Any,
    writes: Any,
    table: Any,
    rows: Any,
    operands: Any,
    first: Any,
    last: Any,
    loaded: Any,
    units: Any,
    queues: Any,
    places: Any,
    counters: Any,
    tallies: Any,
    state: Any,
) -> int:
    """Puts the records from `begin` on in time; gives the first one whose word has no row yet."""
    for i in range(begin, count):
        pc, word = records[_RETIRED * i + _PC], records[_RETIRED * i + _WORD]
        slot = slot_of(pc, word, mask)
        while table[3 * slot + 2] != 0 and (table[3 * slot] != pc or table[3 * slot + 1] != word):
            slot = (slot + 1) & mask
        number = table[3 * slot + 2] - 1
        if number < 0:
            return i
        row = number * _COST
        flags = rows[row + _FLAGS]
        queue = rows[row + _QUEUE] * _Q_END
        if state[_WENT] != 0:
            settle(state, counters, pc)
        is_repeated = False
        if state[_REPEAT_END] != 0:
            if state[_REPEAT_BEGIN] <= pc < state[_REPEAT_END]:
                if state[_REPEAT_LEFT] > 0:
                    state[_REPEAT_LEFT] -= 1
                else:
                    is_repeated = queue >= 0
            else:
                state[_REPEAT_END] = 0
        setting = 0
        if flags & _VECTOR != 0:
            at = 0 if i == 0 else records[_RETIRED * (i - 1) + _WRITES_END]
            for j in range(at, records[_RETIRED * i + _WRITES_END]):
                if writes[_WRITE * j + _KEY] & 15 == _SETTING:
                    setting = writes[_WRITE * j + _VALUE]

        # Where instructions are issued.
        time, cause = 0, _STRUCTURAL
        if not is_repeated:
            time = state[_NOW]
            if state[_USED] >= state[_ISSUE_WIDTH]:
                time += 1
            if state[_FRONTEND] > time:
                time, cause = state[_FRONTEND], state[_FRONTEND_CAUSE]
            if queue >= 0:
                free = places[queues[queue + _Q_FIRST] + queues[queue + _Q_PLACE]]
                if flags & _DRAINS != 0:
                    free = max(free, queues[queue + _Q_NEXT] - queues[queue + _Q_LATENCY])
                if free > time:
                    time, cause = free, _STRUCTURAL
        chains = flags & _CHAINS != 0
        read = rows[row + _OPERANDS]
        written = read + rows[row + _READS]
        end = written + rows[row + _WRITTEN]
        fed = 0  # when the last element of the last operand is there, where it is not waited for
        for stage in range(2):
            if stage == 1:
                if queue >= 0:
                    if not is_repeated:
                        if time > state[_NOW]:
                            state[_NOW], state[_USED] = time, 0
                        state[_USED] += 1
                        time += queues[queue + _Q_LATENCY]
                    if queues[queue + _IN_ORDER] != 0 and queues[queue + _Q_NEXT] > time:
                        time, cause = queues[queue + _Q_NEXT], _STRUCTURAL
                if state[_STREAMING] != 0 and state[_STREAM_READY] > time:
                    for k in range(read, written):
                        register = operands[k] & 0xFFFF
                        if _F <= register < _F + _STREAMS and state[_STREAM_READY] > time:
                            time, cause = state[_STREAM_READY], _MEMORY
            for k in range(read, written):
                operand = operands[k]
                is_later = operand >> _LATER_SHIFT != 0 and queue >= 0
                if is_later != (stage == 1):
                    continue
                register = operand & 0xFFFF
                if state[_STREAMING] != 0 and _F <= register < _F + _STREAMS:
                    continue
                for each in range(register, register + group(operand, setting)):
                    wait = last[each]
                    if chains and each >= _V:
                        fed = max(fed, wait)
                        wait = first[each]
                    if wait > time:
                        time = wait
                        cause = _MEMORY if loaded[each] != 0 else _DEPENDS
            if stage == (1 if queue >= 0 else 0) and state[_WAITS_FOR_RESULT] != 0:
                for k in range(written, end):
                    operand = operands[k]
                    register = operand & 0xFFFF
                    if state[_STREAMING] != 0 and _F <= register < _F + _STREAMS:
                        continue
                    for each in range(register, register + group(operand, setting)):
                        if not chains and last[each] > time:
                            time = last[each]
                            cause = _MEMORY if loaded[each] != 0 else _DEPENDS

        # Where it is performed.
        unit = rows[row + _UNIT] * _U_END
        port = units[unit + _U_FIRST]
        for k in range(port + 1, port + units[unit + _U_PORTS]):
            if places[k] < places[port]:
                port = k
        if places[port] > time:
            time, cause = places[port], _STRUCTURAL
        if queue < 0:
            if time > state[_NOW]:
                state[_NOW], state[_USED] = time, 0
            state[_USED] += 1
        number_of = 1
        if flags & _VECTOR != 0:
            number_of = beats(
                rows[row + _WORK],
                setting,
                state[_VLEN],
                units[unit + _U_BITS],
                rows[row + _ELEMENTS],
            )
        occupied = number_of * rows[row + _INTERVAL] + rows[row + _OVERHEAD]
        latency = rows[row + _LATENCY]
        known = time + latency
        complete = known + (number_of - 1) * rows[row + _INTERVAL]
        free = time + occupied
        if fed > time:
            # What feeds it may be slower than it is.
            complete = max(complete, fed + latency)
            free = max(free, fed)
        places[port] = free
        if queue >= 0:
            queues[queue + _Q_NEXT] = time + 1
            if not is_repeated:
                at = queues[queue + _Q_PLACE]
                is_in_order = queues[queue + _IN_ORDER] != 0
                places[queues[queue + _Q_FIRST] + at] = time if is_in_order else complete
                at += 1
                queues[queue + _Q_PLACE] = at if at < queues[queue + _DEPTH] else 0
        for k in range(written, end):
            operand = operands[k]
            register = operand & 0xFFFF
            for each in range(register, register + group(operand, setting)):
                first[each], last[each] = known, complete
                loaded[each] = flags & _LOAD
        state[_LAST] = max(state[_LAST], complete)

        # What it does besides.
        if flags & _BLOCKS != 0 and free > state[_FRONTEND]:
            state[_FRONTEND], state[_FRONTEND_CAUSE] = free, _STRUCTURAL
        if flags & _GOES != 0:
            state[_WENT] = flags & (_GOES | _BACKWARD)
            state[_WENT_PC], state[_WENT_NEXT] = pc, pc + records[_RETIRED * i + _SIZE]
            state[_WENT_AT] = time
        if flags & _SETUP != 0:
            state[_STREAM_READY] = time + state[_STREAM_LATENCY]
        if flags & _ON != 0:
            state[_STREAMING] = 1
        elif flags & _OFF != 0:
            state[_STREAMING] = 0
        if rows[row + _REPEATED] != 0 and not is_repeated:
            state[_REPEAT_BEGIN] = pc + records[_RETIRED * i + _SIZE]
            state[_REPEAT_END] = state[_REPEAT_BEGIN] + rows[row + _REPEATED]
            state[_REPEAT_LEFT] = rows[row + _INSTRUCTIONS]

        # The front of time.
        tally = number * _TALLY
        tallies[tally + _EXECUTIONS] += 1
        tallies[tally + _OCCUPIED] += occupied
        front = state[_FRONT]
        if time > front:
            tallies[tally + _WAITED + cause] += time - front
            front = time
        if time + occupied > front:
            tallies[tally + _WORKED] += time + occupied - front
            front = time + occupied
        state[_FRONT] = front
    return count


_SOURCE = """
def scoreboard(begin, count, mask, parts, size):
    arrays = int64_array(parts, 14)
    return advance(
        begin,
        count,
        mask,
{}
    )
""".format("\n".join(f"        int64_array(arrays[{n}], size)," for n in range(Part.END)))


@cache
def compiled() -> Callable[..., int]:
    """`advance` for addresses of arrays: begin, count, mask, address of the addresses, a bound."""
    code = jit.Code(
        _SOURCE,
        {"scoreboard": "int64(int64, int64, int64, int64, int64)"},
        {"advance": advance, "int64_array": int64_array},
    )
    return code.function("scoreboard")
