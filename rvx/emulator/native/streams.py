"""The handler of instructions that name a stream's register, compiled.

While streams are enabled, the elements stand in f0 to f2 for as long as the plain handler runs;
what the registers themselves hold comes back afterwards, as nobody can see it in between. Streams
move only if the instruction is performed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rvx import jit
from rvx.emulator.context import Field, Row
from rvx.emulator.native.pointers import (
    byte_array,
    call_handler,
    int64_array,
    load_64,
    store_64,
)
from rvx.isa import Memory, memory, streams

_RAM, _BOUNDS, _PAGES = int(Field.RAM), int(Field.RAM_BOUNDS), int(Field.PAGES)
_FAULT, _SSR = int(Field.FAULT), int(Field.SSR)
_ACCESSES, _ACCESS_WORDS = int(Field.ACCESSES), int(Field.ACCESS_WORDS)
_F_REGISTERS, _MIRROR_F, _END = int(Field.F_REGISTERS), int(Field.MIRROR_F), int(Field.END)
_TAKEN, _APPENDED, _PLAIN = int(Row.TAKEN), int(Row.APPENDED), int(Row.PLAIN_HANDLER)
_ROW_END = int(Row.END)
_BIAS, _READ_BEGIN, _WRITE_BEGIN = int(Field.BIAS), int(Field.READ_BEGIN), int(Field.WRITE_BEGIN)
_ACTIVE, _READING, _WRITING = streams.ACTIVE, streams.READING, streams.WRITING
_ENABLED, _POINTER, _WORDS = streams.ENABLED, streams.POINTER, streams.WORDS


def on_streams(row_address: int, context_address: int) -> None:
    """Runs the plain handler of a row, with streams in place of f0 to f2 if they are enabled."""
    row = int64_array(row_address, _ROW_END)
    context = int64_array(context_address, _END)
    ssr = int64_array(context[_SSR], _WORDS)
    if ssr[_ENABLED] & 1 == 0:
        call_handler(row[_PLAIN], row_address, context_address)
        return
    mem = Memory(
        byte_array(context[_RAM], context[_BOUNDS + 1]),
        byte_array(context[_PAGES], context[_BOUNDS + 1] >> 12),
        int64_array(context_address + 8 * _BOUNDS, 3),
        int64_array(context_address + 8 * _FAULT, 4),
        int64_array(context[_ACCESSES], context[_ACCESS_WORDS]),
    )
    taken, appended = row[_TAKEN], row[_APPENDED] - 1
    home = context[_F_REGISTERS]
    if home == 0:
        home = context_address + 8 * _MIRROR_F
    kept_0, kept_1, kept_2 = load_64(home), load_64(home + 8), load_64(home + 16)
    is_open = False
    if appended >= 0:
        is_open = _is_within(context, ssr, appended, _WRITING, _WRITE_BEGIN)
        if not is_open:
            streams.check_append(ssr, appended, mem)
    for stream in range(3):
        if taken >> stream & 1 != 0:
            store_64(home + 8 * stream, _element(context, ssr, stream, mem))
    if context[_FAULT] == 0:
        call_handler(row[_PLAIN], row_address, context_address)
    result = load_64(home + 8 * appended) if appended >= 0 else 0
    store_64(home, kept_0)
    store_64(home + 8, kept_1)
    store_64(home + 16, kept_2)
    if context[_FAULT] != 0:
        return
    for stream in range(3):
        if taken >> stream & 1 != 0:
            streams.advance(ssr, streams.mover(stream))
    if appended >= 0:
        at = streams.mover(appended)
        if is_open:
            store_64(context[_BIAS] + (ssr[at + _POINTER] & context[_BOUNDS + 2]), result)
        else:
            memory.store_64(mem, ssr[at + _POINTER], result)
        streams.advance(ssr, at)


def _is_within(context: Any, ssr: Any, stream: int, kind: int, run: int) -> bool:
    """Whether a stream of this kind is at memory that needs no further checks, and no trace."""
    if context[_ACCESS_WORDS] != 0:
        return False
    at = streams.mover(stream)
    distance = (ssr[at + _POINTER] & context[_BOUNDS + 2]) - context[run]
    return ssr[at + _ACTIVE] == kind and 0 <= distance <= context[run + 1]


def _element(context: Any, ssr: Any, stream: int, mem: Memory) -> int:
    if _is_within(context, ssr, stream, _READING, _READ_BEGIN):
        pointer = ssr[streams.mover(stream) + _POINTER] & context[_BOUNDS + 2]
        return load_64(context[_BIAS] + pointer)
    return streams.peek(ssr, stream, mem)


_SOURCE = """
def streamed(row, context):
    on_streams(row, context)
"""


@cache
def streamed_address() -> int:
    """Host address of the compiled handler."""
    names = {"on_streams": on_streams}
    code = jit.Code(_SOURCE, {"streamed": "void(int64, int64)"}, names)
    return code.addresses()["streamed"]
