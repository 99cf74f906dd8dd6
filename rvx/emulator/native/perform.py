"""Performing one row, compiled: what every hook and the sequencer do with an instruction."""

from __future__ import annotations

from typing import Any

from rvx.emulator.context import VECTOR_DIRTY, Field, Needs, Row, Status
from rvx.emulator.core import MSTATUS, MSTATUS_FS_DIRTY
from rvx.emulator.native.agnostic import fill_agnostic
from rvx.emulator.native.elements import active_segments, count_elements, present_length
from rvx.emulator.native.pointers import (
    byte_array,
    call_handler,
    int64_array,
    load_16,
    load_32,
    load_64,
    uc_emu_stop,
    uc_reg_read,
    uc_reg_write,
)
from rvx.emulator.native.retire import retire
from rvx.isa.bits import word_size
from rvx.isa.memory import FAULT_ILLEGAL

_STATUS, _PC, _NEXT_PC = int(Field.STATUS), int(Field.PC), int(Field.NEXT_PC)
_FFLAGS, _FAULT = int(Field.FFLAGS), int(Field.FAULT)
_RAM, _BOUNDS = int(Field.RAM), int(Field.RAM_BOUNDS)
_FLAGS_ADDRESS, _FLAGS_TABLE = int(Field.FLAGS_ADDRESS), int(Field.FLAGS_TABLE)
_FFLAGS_REGISTER = int(Field.FFLAGS_REGISTER)
_FCSR, _MIRROR_FRM = int(Field.FCSR), int(Field.MIRROR_FRM)
_FAULTED, _CODE_WRITTEN = int(Status.FAULT), int(Status.CODE_WRITTEN)
_ILLEGAL = int(Status.ILLEGAL)
_HANDLER, _SIZE, _UNIT = int(Row.HANDLER), int(Row.SIZE), int(Row.UNIT)
_MSTATUS, _MIRROR_MSTATUS = int(Field.MSTATUS), int(Field.MIRROR_MSTATUS)
_RESULT, _FLOATS, _VECTORS = int(Needs.RESULT), int(Needs.UNIT), int(Needs.VECTOR)
_CHANGES_VECTORS = int(Needs.VECTOR_RESULT)
_VECTOR_STATUS, _VECTOR_DIRTY = int(Field.VECTOR_STATUS), VECTOR_DIRTY
_DIRTY = MSTATUS_FS_DIRTY
_TRACE = int(Field.TRACE)
_ELEMENTS, _AGNOSTIC = int(Row.ELEMENTS), int(Row.AGNOSTIC)
_READS, _WRITES, _TRANSFERS = int(Row.READS), int(Row.WRITES), int(Row.TRANSFERS)
_ROW_END = int(Row.END)


def stop(uc: int, context: Any, status: int) -> None:
    """Ends the run soon, for this reason."""
    context[_STATUS] = status
    uc_emu_stop(uc)


def read_word(context: Any, address: int) -> int:
    """The word at a guest address that is known to be executable, as an int64."""
    at = context[_RAM] + address - context[_BOUNDS]
    low = load_16(at) & 0xFFFF
    if low & 3 != 3:
        return low
    word = low | (load_16(at + 2) & 0xFFFF) << 16
    size = word_size(low)
    if size > 4:
        word |= (load_16(at + 4) & 0xFFFF) << 32
    if size > 6:
        word |= load_16(at + 6) << 48
    return word


def perform(uc: int, context: Any, row_address: int, pc: int) -> None:
    """Runs the handler of a row, with what its instruction needs around it."""
    row = int64_array(row_address, _ROW_END)
    context[_PC] = pc
    context[_NEXT_PC] = pc + row[_SIZE]
    reads = row[_READS]
    for i in range(reads):
        pair = row[_TRANSFERS] + 16 * i
        uc_reg_read(uc, load_64(pair), load_64(pair + 8))
    needs = row[_UNIT]
    if needs != 0:
        has_floats = needs & _FLOATS == 0 or load_32(context[_MSTATUS]) & _DIRTY != 0
        if not has_floats or (needs & _VECTORS != 0 and context[_VECTOR_STATUS] == 0):
            stop(uc, context, _ILLEGAL)
            return
    code = row[_ELEMENTS]
    vl, active = 0, 0
    if code != 0:
        vl = present_length(context)
        if code & 16 != 0:
            active = active_segments(context, vl)
    call_handler(row[_HANDLER], row_address, context.ctypes.data)
    if needs & _CHANGES_VECTORS != 0 and context[_FAULT] != FAULT_ILLEGAL:
        # A load that faults has changed vstart, and elements before.
        context[_VECTOR_STATUS] = _VECTOR_DIRTY
    if context[_FAULT] != 0:
        stop(uc, context, _FAULTED)
        return
    if row[_AGNOSTIC] != 0:
        fill_agnostic(context, row[_AGNOSTIC])
    if code != 0:
        count_elements(context, code, pc, vl, active)
    if context[_TRACE] != 0:
        retire(context, row_address, pc)
    if needs & _FLOATS != 0 and load_32(context[_MSTATUS]) & _DIRTY != _DIRTY:
        _note_change(uc, context, needs)
    for i in range(reads, reads + row[_WRITES]):
        pair = row[_TRANSFERS] + 16 * i
        uc_reg_write(uc, load_64(pair), load_64(pair + 8))
    if context[_FFLAGS] != 0:
        raise_flags(uc, context)
    if context[_FCSR] != 0:
        context[_MIRROR_FRM] = load_64(context[_FCSR]) >> 5 & 7
    if context[_FAULT + 3] != 0:
        stop(uc, context, _CODE_WRITTEN)


def _note_change(uc: int, context: Any, needs: int) -> None:
    """Makes mstatus say that the state of the unit has changed, if it has."""
    if needs & _RESULT != 0 or context[_FFLAGS] != 0:
        mirror = context.ctypes.data + 8 * _MIRROR_MSTATUS
        uc_reg_read(uc, MSTATUS, mirror)
        context[_MIRROR_MSTATUS] |= _DIRTY
        uc_reg_write(uc, MSTATUS, mirror)


def raise_flags(uc: int, context: Any) -> None:
    """Accrues the flags of an instruction where the guest's CSR reads will find them."""
    flags = context[_FFLAGS] & 31
    context[_FFLAGS] = 0
    if context[_FCSR] != 0:
        fcsr = int64_array(context[_FCSR], 1)
        fcsr[0] |= flags
        return
    if context[_FLAGS_ADDRESS] != 0:
        accrued = byte_array(context[_FLAGS_ADDRESS], 1)
        accrued[0] |= context[_FLAGS_TABLE + flags]
        return
    mirror = context.ctypes.data + 8 * _FFLAGS
    uc_reg_read(uc, context[_FFLAGS_REGISTER], mirror)
    context[_FFLAGS] |= flags
    uc_reg_write(uc, context[_FFLAGS_REGISTER], mirror)
    context[_FFLAGS] = 0
