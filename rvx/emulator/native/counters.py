"""The handler of instructions that access a CSR which counts executed instructions, compiled.

Lower modes read those that machine mode lets them (mcounteren, scounteren).

Between accesses the state word holds what the CSR reads beyond the count, which is 0 unless the
guest has written it. For as long as the plain handler runs, it holds what the CSR reads. What is
written is what the next instruction reads, as the manual has it.
"""

from __future__ import annotations

from functools import cache

from rvx import jit
from rvx.emulator.context import Field, Row
from rvx.emulator.native.pointers import call_handler, int64_array, load_64, store_64
from rvx.emulator.native.progress import executed_before
from rvx.isa.memory import FAULT_ILLEGAL

MACHINES_OWN = 32
"""The bit of the context's word `COUNTERS` for those of machine mode; the others are numbered."""

_COUNTERS, _FAULT = int(Field.COUNTERS), int(Field.FAULT)
_PC, _END = int(Field.PC), int(Field.END)
_COUNTER, _RATIO, _IS_WRITE = int(Row.COUNTER), int(Row.RATIO), int(Row.IS_WRITE)
_WORD = int(Row.WORD)
_PLAIN, _ROW_END = int(Row.PLAIN_HANDLER), int(Row.END)


def on_counter(row_address: int, context_address: int) -> None:
    """Runs the plain handler of a row, with the count in its state word."""
    row = int64_array(row_address, _ROW_END)
    context = int64_array(context_address, _END)
    csr = row[_WORD] >> 20
    number = csr & 31 if csr >> 8 & 3 == 0 else MACHINES_OWN
    if context[_COUNTERS] >> number & 1 == 0:
        context[_FAULT] = FAULT_ILLEGAL
        return
    state, ratio = row[_COUNTER], row[_RATIO]
    before = load_64(state)
    count = executed_before(context, context[_PC])
    store_64(state, before + count // ratio)
    call_handler(row[_PLAIN], row_address, context_address)
    if row[_IS_WRITE] != 0:
        before = load_64(state) - (count + 1) // ratio
    store_64(state, before)


_SOURCE = """
def counting(row, context):
    on_counter(row, context)
"""


@cache
def counting_address() -> int:
    """Host address of the compiled handler."""
    names = {"on_counter": on_counter}
    code = jit.Code(_SOURCE, {"counting": "void(int64, int64)"}, names)
    return code.addresses()["counting"]
