"""What an instruction has written, noted as it retires: compiled, for traces and co-simulation.

`perform` calls this for everything that a body performs, repetitions included, while somebody
traces. A row has `Row.EFFECTS` then: which registers and states its instruction may write, and
where they are. Registers that it names are noted whatever they hold; of what it may only have
changed (states, vector registers, all x registers at once), what differs from a copy.

A key says what was written, as in Spike's log: a number, and in the lowest four bits its kind.
Within an instruction, writes are in the order of their keys.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rvx.emulator.context import Field, Row
from rvx.emulator.native.pointers import (
    call_word_callback,
    int64_array,
    load_8,
    load_64,
    store_64,
)
from rvx.isa.vector.agnostic import NO_REGISTER, Result
from rvx.isa.vector.state import HEADER, MTYPE, VCSR, VL, VLENB, VSTART, VTYPE


class Kind(IntEnum):
    """What was written: the lowest bits of a key. The first five are Spike's."""

    X = 0
    F = 1
    V = 2
    SETTING = 3  # not written: that of a vector instruction, vtype, and vl from bit 16 on
    CSR = 4
    OWN = 5  # a register file or a state of an extension, by its place in `Effects.names`
    WORD = 6  # a word of a large state: its place, and the word from bit 16 on


class Trace(IntEnum):
    """The words at `Field.TRACE`."""

    RECORDS = 0  # address
    RECORD_COUNT = 1
    RECORD_ROOM = 2  # as many as there may be before they are taken away
    WRITES = 3  # address
    WRITE_COUNT = 4
    WRITE_ROOM = 5
    WIDE = 6  # address of the words of values of more than 64 bits
    WIDE_COUNT = 7
    WIDE_ROOM = 8
    ACCESS_ROOM = 9  # for the position in the log of accesses
    ACCESS_MARK = 10  # that position behind the last record
    MODE = 11  # privilege mode
    FLUSH = 12  # callback: takes everything away
    COPY = 13  # how many bytes behind a word of the context its copy lies
    REGISTERS = 14  # address of a copy of all x registers
    MARKS = 15  # address of a byte for every executable halfword, see `Mark`
    CODE_WRITTEN = 16
    END = 17


class Mark(IntEnum):
    """Bits at an executable halfword."""

    STOPS = 1  # execution is to stop in front of it
    IS_LEFT_OUT = 2  # nothing is noted there


class Retired(IntEnum):
    """A record: what has retired, and where what it wrote ends."""

    PC = 0
    WORD = 1
    SIZE = 2
    MODE = 3
    WRITES = 4
    ACCESSES = 5  # position in the log
    END = 6


class Write(IntEnum):
    """Something that was written."""

    KEY = 0
    BITS = 1
    VALUE = 2  # of more than 64 bits: the first of its words
    END = 3


class Effects(IntEnum):
    """What the instruction of a row may write; behind it stand all of them, in this order."""

    IS_LEFT_OUT = 0
    REGISTERS = 1  # how many: key, address, bits each
    STATES = 2  # how many: key, address, words each
    CSRS = 3  # how many: key, address of the word, lowest bit, mask each
    EVERY_X = 4  # whether it may have written any x register; the address of x0
    VECTOR = 5  # 0, or 1 and the code of its result above: `rvx.isa.vector.agnostic.code_of`
    IS_SETTING = 6  # whether it sets vl and vtype
    WHOLE = 7  # first of the vector registers that it writes as they are, and how many above
    END = 8


LARGE = 16
"""Words from which on the words of a state are noted one by one."""

_TRACE, _EFFECTS = int(Field.TRACE), int(Row.EFFECTS)
_WORD, _SIZE = int(Row.WORD), int(Row.SIZE)
_FFLAGS, _FCSR, _VECTOR = int(Field.FFLAGS), int(Field.FCSR), int(Field.VECTOR)
_ACCESSES, _EXEC_BASE = int(Field.ACCESSES), int(Field.EXEC_BASE)
_XLEN_MASK = int(Field.RAM_BOUNDS) + 2
_X, _F, _V, _SETTING, _CSR, _OWN, _OF_LARGE = (int(kind) for kind in Kind)
_RECORDS, _RECORD_COUNT, _RECORD_ROOM = (
    int(Trace.RECORDS),
    int(Trace.RECORD_COUNT),
    int(Trace.RECORD_ROOM),
)
_WRITES, _WRITE_COUNT, _WRITE_ROOM = (
    int(Trace.WRITES),
    int(Trace.WRITE_COUNT),
    int(Trace.WRITE_ROOM),
)
_WIDE, _WIDE_COUNT, _WIDE_ROOM = int(Trace.WIDE), int(Trace.WIDE_COUNT), int(Trace.WIDE_ROOM)
_ACCESS_ROOM, _ACCESS_MARK = int(Trace.ACCESS_ROOM), int(Trace.ACCESS_MARK)
_MODE, _FLUSH, _COPY = int(Trace.MODE), int(Trace.FLUSH), int(Trace.COPY)
_REGISTERS, _MARKS, _TRACE_END = int(Trace.REGISTERS), int(Trace.MARKS), int(Trace.END)
_IS_LEFT_OUT, _OUT = int(Mark.IS_LEFT_OUT), int(Effects.IS_LEFT_OUT)
_OF_REGISTERS, _OF_STATES, _OF_CSRS = (
    int(Effects.REGISTERS),
    int(Effects.STATES),
    int(Effects.CSRS),
)
_EVERY_X, _OF_VECTOR, _IS_SETTING, _WHOLE, _EFFECTS_END = (
    int(Effects.EVERY_X),
    int(Effects.VECTOR),
    int(Effects.IS_SETTING),
    int(Effects.WHOLE),
    int(Effects.END),
)
_RETIRED, _WRITE = int(Retired.END), int(Write.END)
_FFLAGS_KEY, _VSTART_KEY, _VXSAT_KEY = 0x001 << 4 | _CSR, 0x008 << 4 | _CSR, 0x009 << 4 | _CSR
_VL_KEY, _VTYPE_KEY, _MTYPE_KEY = 0xC20 << 4 | _CSR, 0xC21 << 4 | _CSR, 0xC23 << 4 | _CSR
_LARGE = LARGE
_GROUP, _MASK, _ONE = int(Result.GROUP), int(Result.MASK), int(Result.ONE)
_PACKED, _BYTES = int(Result.PACKED), int(Result.BYTES)


def retire(context: Any, row: int, pc: int) -> None:
    """Notes an instruction that was performed, before its flags are accrued."""
    effects_at = load_64(row + 8 * _EFFECTS)
    if effects_at == 0:
        return
    trace = int64_array(context[_TRACE], _TRACE_END)
    effects = int64_array(effects_at, _EFFECTS_END)
    log = context[_ACCESSES]
    first = trace[_WRITE_COUNT]
    first_wide = trace[_WIDE_COUNT]
    at = effects_at + 8 * _EFFECTS_END
    for _ in range(effects[_OF_REGISTERS]):
        _note(trace, load_64(at), load_64(at + 8), load_64(at + 16))
        at += 24
    if effects[_EVERY_X] != 0:
        _note_changed_x(context, trace, effects[_EVERY_X])
    for _ in range(effects[_OF_STATES]):
        _note_state(trace, load_64(at), load_64(at + 8), load_64(at + 16))
        at += 24
    for _ in range(effects[_OF_CSRS]):
        word = load_64(load_64(at + 8))
        store_64(load_64(at + 8) + trace[_COPY], word)
        _put(trace, load_64(at), 64, word >> load_64(at + 16) & load_64(at + 24))
        at += 32
    if context[_FFLAGS] != 0:
        accrued = load_64(context[_FCSR]) & 31 if context[_FCSR] != 0 else 0
        _put(trace, _FFLAGS_KEY, 64, accrued | (context[_FFLAGS] & 31))
    if effects[_OF_VECTOR] != 0:
        _note_vector(context, trace, effects)
    is_left_out = effects[_OUT] != 0
    if load_8(trace[_MARKS] + ((pc - context[_EXEC_BASE]) >> 1)) & _IS_LEFT_OUT != 0:
        is_left_out = True
    if is_left_out:
        trace[_WRITE_COUNT] = first
        trace[_WIDE_COUNT] = first_wide
        store_64(log, trace[_ACCESS_MARK])
        return
    if trace[_WRITE_COUNT] - first > 1:
        _sort(trace, first)
    record = int64_array(trace[_RECORDS] + 8 * _RETIRED * trace[_RECORD_COUNT], _RETIRED)
    record[0] = pc
    record[1] = load_64(row + 8 * _WORD)
    record[2] = load_64(row + 8 * _SIZE)
    record[3] = trace[_MODE]
    record[4] = trace[_WRITE_COUNT]
    record[5] = load_64(log)
    trace[_RECORD_COUNT] += 1
    trace[_ACCESS_MARK] = record[5]
    is_full = trace[_RECORD_COUNT] >= trace[_RECORD_ROOM] or record[5] >= trace[_ACCESS_ROOM]
    is_full = is_full or trace[_WRITE_COUNT] >= trace[_WRITE_ROOM]
    if is_full or trace[_WIDE_COUNT] >= trace[_WIDE_ROOM]:
        call_word_callback(trace[_FLUSH], 0)


def _put(trace: Any, key: int, bits: int, value: int) -> None:
    write = int64_array(trace[_WRITES] + 8 * _WRITE * trace[_WRITE_COUNT], _WRITE)
    write[0] = key
    write[1] = bits
    write[2] = value
    trace[_WRITE_COUNT] += 1


def _note(trace: Any, key: int, address: int, bits: int) -> None:
    """Notes what a register holds."""
    if bits > 64:
        _note_words(trace, key, address, bits >> 6)
        return
    value = load_64(address)
    if bits < 64:
        value &= (1 << bits) - 1
    if key & 15 == _X:
        store_64(trace[_REGISTERS] + 8 * (key >> 4), value)
    _put(trace, key, bits, value)


def _note_words(trace: Any, key: int, address: int, words: int) -> None:
    first = trace[_WIDE_COUNT]
    for i in range(words):
        store_64(trace[_WIDE] + 8 * (first + i), load_64(address + 8 * i))
    trace[_WIDE_COUNT] = first + words
    _put(trace, key, 64 * words, first)


def _note_changed_x(context: Any, trace: Any, x0: int) -> None:
    mask = context[_XLEN_MASK]
    size = 4 if mask == 0xFFFFFFFF else 8
    for number in range(1, 32):
        value = load_64(x0 + size * number) & mask
        if value != load_64(trace[_REGISTERS] + 8 * number):
            _note(trace, number << 4 | _X, x0 + size * number, 8 * size)


def _note_state(trace: Any, key: int, address: int, words: int) -> None:
    copy = address + trace[_COPY]
    is_changed = False
    for i in range(words):
        word = load_64(address + 8 * i)
        if word != load_64(copy + 8 * i):
            store_64(copy + 8 * i, word)
            is_changed = True
            if words > _LARGE:
                _put(trace, (key >> 4 | i << 16) << 4 | _OF_LARGE, 64, word)
    if not is_changed or words > _LARGE:
        return
    if words == 1:
        _put(trace, key, 64, load_64(address))
    else:
        _note_words(trace, key, address, words)


def _note_vector(context: Any, trace: Any, effects: Any) -> None:
    """The vector registers, and the unit's own CSRs."""
    header = int64_array(context[_VECTOR], HEADER)
    before = int64_array(context[_VECTOR] + trace[_COPY], HEADER)
    vlenb = header[VLENB]
    if effects[_IS_SETTING] == 0:
        _put(trace, _SETTING, 64, header[VTYPE] & 0xFFFF | header[VL] << 16)
    _put(trace, _VSTART_KEY, 64, header[VSTART])
    if header[VL] != before[VL] or effects[_IS_SETTING] != 0:
        _put(trace, _VL_KEY, 64, header[VL])
    if header[VTYPE] != before[VTYPE]:
        vtype = header[VTYPE]
        if context[_XLEN_MASK] == 0xFFFFFFFF and vtype < 0:
            vtype = 1 << 31
        _put(trace, _VTYPE_KEY, 64, vtype)
    if header[MTYPE] != before[MTYPE]:
        _put(trace, _MTYPE_KEY, 64, header[MTYPE])
    if header[VCSR] != before[VCSR]:
        _put(trace, _VXSAT_KEY, 64, header[VCSR] & 1)
    first_active = before[VSTART]
    for i in range(HEADER):
        before[i] = header[i]
    if effects[_IS_SETTING] != 0:
        return
    written = _written(context, effects[_OF_VECTOR] >> 1, first_active)
    whole = effects[_WHOLE] >> 5
    written |= ((1 << whole) - 1) << (effects[_WHOLE] & 31)
    registers = context[_VECTOR] + 8 * HEADER
    words = vlenb >> 3
    for number in range(32):
        at = registers + number * vlenb
        copy = at + trace[_COPY]
        is_written = written >> number & 1 != 0
        for i in range(words):
            word = load_64(at + 8 * i)
            if word != load_64(copy + 8 * i):
                store_64(copy + 8 * i, word)
                is_written = True
        if is_written:
            if words == 1:
                _put(trace, number << 4 | _V, 64, load_64(at))
            else:
                _note_words(trace, number << 4 | _V, at, words)


def _written(context: Any, code: int, first: int) -> int:
    """The vector registers that have an element which was written, as bits."""
    header = int64_array(context[_VECTOR], HEADER)
    vl, vtype, vlenb = header[VL], header[VTYPE], header[VLENB]
    result, vd, other = code & 7, code >> 3 & 31, code >> 8 & 63
    width, fields = code >> 14 & 31, code >> 19
    registers = context[_VECTOR] + 8 * HEADER
    if result == 0:
        return 0
    if result in (_ONE, _BYTES):
        return 1 << vd if vl > first else 0
    # Bytes of an element, and registers of a field.
    log = vtype >> 3 & 7
    eew = width - 16 if width >= 16 else log + width - 8
    emul = ((vtype & 7) ^ 4) - 4 + eew - log
    step = 1 if emul < 0 else 1 << emul
    if result == _PACKED:
        number = 0
        for x in range(vl):
            number += load_64(registers + other * vlenb + 8 * (x >> 6)) >> (x & 63) & 1
        first, vl, other = 0, number, NO_REGISTER
    written = 0
    for x in range(first, vl):
        if other != NO_REGISTER and load_64(registers + 8 * (x >> 6)) >> (x & 63) & 1 == 0:
            continue
        if result == _MASK:
            return 1 << vd
        for field in range(fields):
            written |= 1 << vd + field * step + ((x << eew) // vlenb)
    return written


def _order(key: int) -> int:
    """Keys in order; the setting stands in front of v0, whose key is smaller."""
    return 2 * _F + 1 if key == _SETTING else 2 * key


def _sort(trace: Any, first: int) -> None:
    """Puts the writes from the first on in the order of their keys."""
    base = trace[_WRITES]
    end = trace[_WRITE_COUNT]
    for i in range(first + 1, end):
        at = base + 8 * _WRITE * i
        key, bits, value = load_64(at), load_64(at + 8), load_64(at + 16)
        j = i
        while j > first and _order(load_64(base + 8 * _WRITE * (j - 1))) > _order(key):
            before = base + 8 * _WRITE * (j - 1)
            here = before + 8 * _WRITE
            store_64(here, load_64(before))
            store_64(here + 8, load_64(before + 8))
            store_64(here + 16, load_64(before + 16))
            j -= 1
        here = base + 8 * _WRITE * j
        store_64(here, key)
        store_64(here + 8, bits)
        store_64(here + 16, value)
