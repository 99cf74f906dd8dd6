"""Stream semantic registers: the state of three data movers, and how they move.

While streams are enabled, an instruction that names f0, f1 or f2 as a source gets the next element
of stream 0, 1 or 2, and one that writes to it appends one. An instruction moves a stream once, even
if it names the register twice. An element is 8 bytes at a pointer; the innermost loop that is not
at its end moves the pointer by its own stride only, so that strides are relative. A mover runs one
job and may hold the next (snitch_cluster, snitch_ssr_addr_gen.sv and snitch_ssr_switch.sv).

The pointer of an indirect stream goes through an array of indices: its elements are those at a base
address plus the index, shifted by what was configured, times 8 (snitch_ssr_indirector.sv).

The functions are kernels: compiled and interpreted code share them.
"""

from __future__ import annotations

from rvx.isa import misuse
from rvx.isa.bits import Words
from rvx.isa.decoded import Decoded
from rvx.isa.memory import (
    FAULT_KIND,
    FAULT_SIZE,
    Memory,
    load_64,
    load_u8,
    load_u16,
    load_u32,
    store_offset,
)
from rvx.isa.operands import RegisterKind

STATE = "ssr"
"""Name of the state that holds everything here."""
STREAMS = 3
ALL_MOVERS = 31
LOOPS = 4
IDLE, READING, WRITING, GATHERING, SCATTERING = 0, 1, 2, 3, 4
"""What a mover does; the last two read and write indirectly."""

ENABLED, AVAILABLE = 0, 1
"""Words of the state: the CSR in bit 0; whether the machine lets bodies perform F and D."""
MOVERS = 8
MOVER_WORDS = 40
WORDS = MOVERS + STREAMS * MOVER_WORDS

# Words of a mover: the running job, the next one, and what is configured for it.
ACTIVE, POINTER, LEFT, RELOAD, DIMENSIONS = 0, 1, 2, 3, 4
INDEX, BOUND, STRIDE, REPEAT = 5, 9, 13, 17
PENDING, NEXT_POINTER, NEXT_DIMENSIONS, NEXT_REPEAT = 18, 19, 20, 21
NEXT_BOUND, NEXT_STRIDE = 22, 26
INDEX_POINTER, INDEX_SIZE, INDEX_SHIFT, BASE = 30, 31, 32, 33
NEXT_INDEX_CONFIG, NEXT_BASE = 34, 35

STATUS_REGISTER, REPEAT_REGISTER, BOUND_REGISTER, STRIDE_REGISTER = 0, 1, 2, 6
INDEX_REGISTER, BASE_REGISTER, GATHER_REGISTER, SCATTER_REGISTER = 10, 11, 16, 20
READ_REGISTER, WRITE_REGISTER = 24, 28
_LOW32 = 0xFFFFFFFF
_INDEX_CONFIG = 0xFF03
"""Logarithm of the bytes of an index in bits 1 and 0, the shift in bits 15 to 8."""


def mover(stream: int) -> int:
    """The first word of a stream's mover."""
    return MOVERS + stream * MOVER_WORDS


def write_register(ssr: Words, number: int, value: int, fault: Words) -> None:
    """Writes a configuration register; `number` is the register in bits 9..5, the stream below."""
    stream, register = number & 31, number >> 5
    if stream == ALL_MOVERS:
        for each in range(STREAMS):
            _check_write(ssr, each, register, value, fault)
        if fault[FAULT_KIND] == 0:
            for each in range(STREAMS):
                _write(ssr, each, register, value)
        return
    if stream >= STREAMS:
        misuse.refuse(fault, misuse.NO_MOVER, 0, stream)
        return
    _check_write(ssr, stream, register, value, fault)
    if fault[FAULT_KIND] == 0:
        _write(ssr, stream, register, value)


def _check_write(ssr: Words, stream: int, register: int, value: int, fault: Words) -> None:
    is_indirect = register in (GATHER_REGISTER, SCATTER_REGISTER)
    if GATHER_REGISTER <= register < READ_REGISTER and not is_indirect:
        misuse.refuse(fault, misuse.INTERSECTION, stream, register)
        return
    is_start = register >= READ_REGISTER or is_indirect
    alignment = 7
    if is_indirect:
        alignment = (1 << (ssr[mover(stream) + NEXT_INDEX_CONFIG] & 3)) - 1
    if register == STATUS_REGISTER or register >= 32 or BASE_REGISTER < register < GATHER_REGISTER:
        misuse.refuse(fault, misuse.NO_SUCH_REGISTER, stream, register)
    elif ssr[mover(stream) + PENDING] != IDLE:
        misuse.refuse(fault, misuse.CONFIGURED_WHILE_PENDING, stream, 0)
    elif is_start and value & alignment != 0:
        code = misuse.MISALIGNED_INDICES if is_indirect else misuse.MISALIGNED
        misuse.refuse(fault, code, stream, value)
    elif is_start and ssr[AVAILABLE] == 0:
        misuse.refuse(fault, misuse.CORE_HAS_FLOATS, stream, 0)


def _write(ssr: Words, stream: int, register: int, value: int) -> None:
    at = mover(stream)
    if register >= GATHER_REGISTER:
        kind = READING if register < WRITE_REGISTER else WRITING
        if register < READ_REGISTER:
            kind = GATHERING if register == GATHER_REGISTER else SCATTERING
        ssr[at + PENDING] = kind
        ssr[at + NEXT_POINTER] = value
        ssr[at + NEXT_DIMENSIONS] = (register & 3) + 1
        if ssr[at + ACTIVE] == IDLE:
            start_next(ssr, at)
    elif register == BASE_REGISTER:
        ssr[at + NEXT_BASE] = value & -8
    elif register == INDEX_REGISTER:
        ssr[at + NEXT_INDEX_CONFIG] = value & _INDEX_CONFIG
    elif register >= STRIDE_REGISTER:
        ssr[at + NEXT_STRIDE + register - STRIDE_REGISTER] = value & -8
    elif register >= BOUND_REGISTER:
        ssr[at + NEXT_BOUND + register - BOUND_REGISTER] = value & _LOW32
    else:
        ssr[at + NEXT_REPEAT] = value & _LOW32


def read_register(ssr: Words, number: int, fault: Words) -> int:
    """A configuration register: of the running job, else as configured."""
    stream, register = number & 31, number >> 5
    if stream >= STREAMS:
        misuse.refuse(fault, misuse.NO_MOVER, 0, stream)
        return 0
    at = mover(stream)
    is_idle = ssr[at + ACTIVE] == IDLE
    if register == STATUS_REGISTER:
        return _status(ssr, at)
    if register == REPEAT_REGISTER:
        return ssr[at + NEXT_REPEAT] if is_idle else ssr[at + REPEAT]
    if register < STRIDE_REGISTER:
        which = register - BOUND_REGISTER
        return ssr[at + NEXT_BOUND + which] if is_idle else ssr[at + BOUND + which]
    if register == INDEX_REGISTER:
        running = ssr[at + INDEX_SHIFT] << 8 | ssr[at + INDEX_SIZE]
        return ssr[at + NEXT_INDEX_CONFIG] if is_idle else running
    if register == BASE_REGISTER:
        return ssr[at + NEXT_BASE] if is_idle else ssr[at + BASE]
    if register < INDEX_REGISTER:
        which = register - STRIDE_REGISTER
        return ssr[at + NEXT_STRIDE + which] if is_idle else ssr[at + STRIDE + which]
    misuse.refuse(fault, misuse.NO_SUCH_REGISTER, stream, register)
    return 0


def _status(ssr: Words, at: int) -> int:
    """Done in bit 31, writing in 30, loops less one in 29 and 28, indirect in 27; the pointer."""
    kind = ssr[at + ACTIVE]
    done = 1 if kind == IDLE else 0
    writes = 1 if kind in (WRITING, SCATTERING) else 0
    indirect = 1 if kind >= GATHERING else 0
    loops = ssr[at + DIMENSIONS] - 1 & 3
    pointer = ssr[at + INDEX_POINTER] if indirect else ssr[at + POINTER]
    return done << 31 | writes << 30 | loops << 28 | indirect << 27 | pointer & 0x07FFFFFF


def start_next(ssr: Words, at: int) -> None:
    """The job that waits begins, if there is one."""
    kind = ssr[at + PENDING]
    ssr[at + ACTIVE] = kind
    ssr[at + PENDING] = IDLE
    if kind == IDLE:
        return
    ssr[at + POINTER] = ssr[at + NEXT_POINTER]
    ssr[at + DIMENSIONS] = ssr[at + NEXT_DIMENSIONS]
    ssr[at + REPEAT] = ssr[at + NEXT_REPEAT]
    ssr[at + INDEX_POINTER] = ssr[at + NEXT_POINTER]
    ssr[at + INDEX_SIZE] = ssr[at + NEXT_INDEX_CONFIG] & 3
    ssr[at + INDEX_SHIFT] = ssr[at + NEXT_INDEX_CONFIG] >> 8
    ssr[at + BASE] = ssr[at + NEXT_BASE]
    # Only what is read is delivered several times.
    ssr[at + RELOAD] = ssr[at + NEXT_REPEAT] if kind in (READING, GATHERING) else 0
    ssr[at + LEFT] = ssr[at + RELOAD]
    for loop in range(LOOPS):
        ssr[at + INDEX + loop] = 0
        ssr[at + BOUND + loop] = ssr[at + NEXT_BOUND + loop]
        ssr[at + STRIDE + loop] = ssr[at + NEXT_STRIDE + loop]


def advance(ssr: Words, at: int) -> None:
    """Moves a stream by one element."""
    if ssr[at + LEFT] > 0:
        ssr[at + LEFT] -= 1
        return
    ssr[at + LEFT] = ssr[at + RELOAD]
    for loop in range(ssr[at + DIMENSIONS]):
        if ssr[at + INDEX + loop] < ssr[at + BOUND + loop]:
            ssr[at + INDEX + loop] += 1
            ssr[at + POINTER] += ssr[at + STRIDE + loop]
            if ssr[at + ACTIVE] >= GATHERING:
                ssr[at + INDEX_POINTER] += 1 << ssr[at + INDEX_SIZE]
            return
        ssr[at + INDEX + loop] = 0
    start_next(ssr, at)


def resolve(ssr: Words, at: int, mem: Memory) -> None:
    """Sets the pointer of an indirect stream from its next index."""
    where, size = ssr[at + INDEX_POINTER], ssr[at + INDEX_SIZE]
    if size == 0:
        index = load_u8(mem, where)
    elif size == 1:
        index = load_u16(mem, where)
    elif size == 2:
        index = load_u32(mem, where)
    else:
        index = load_64(mem, where)
    ssr[at + POINTER] = ssr[at + BASE] + ((index << 3) << min(ssr[at + INDEX_SHIFT], 60))


def peek(ssr: Words, stream: int, mem: Memory) -> int:
    """The next element of a stream that is read; notes a fault if there is none."""
    at = mover(stream)
    kind = ssr[at + ACTIVE]
    if kind not in (READING, GATHERING):
        code = misuse.NO_ELEMENT if kind == IDLE else misuse.READS_WRITER
        misuse.refuse(mem.fault, code, stream, 0)
        return 0
    before = mem.fault[FAULT_KIND]
    if kind == GATHERING:
        resolve(ssr, at, mem)
    value = 0
    if mem.fault[FAULT_KIND] == before:
        value = load_64(mem, ssr[at + POINTER])
    if before == 0 and mem.fault[FAULT_KIND] != 0:
        mem.fault[FAULT_SIZE] |= stream + 1 << misuse.CODE_BITS
    return value


def check_append(ssr: Words, stream: int, mem: Memory) -> None:
    """Notes a fault if a stream cannot take an element."""
    at = mover(stream)
    kind = ssr[at + ACTIVE]
    if kind not in (WRITING, SCATTERING):
        code = misuse.NO_ELEMENT if kind == IDLE else misuse.WRITES_READER
        misuse.refuse(mem.fault, code, stream, 0)
        return
    before = mem.fault[FAULT_KIND]
    if kind == SCATTERING:
        resolve(ssr, at, mem)
    if mem.fault[FAULT_KIND] == before:
        store_offset(mem, ssr[at + POINTER], 8)
    if before == 0 and mem.fault[FAULT_KIND] != 0:
        mem.fault[FAULT_SIZE] |= stream + 1 << misuse.CODE_BITS


def moved(decoded: Decoded) -> tuple[tuple[int, ...], int | None]:
    """The streams that an instruction takes from, and the one that it appends to, while enabled."""
    made = decoded.instruction
    floats = {
        name: decoded.values[name]
        for name, operand in made.operands.items()
        if isinstance(operand.kind, RegisterKind)
        and operand.kind.file.name == "f"
        and decoded.values[name] < STREAMS
    }
    taken = sorted({number for name, number in floats.items() if name in made.requests})
    return tuple(taken), floats.get("rd")
