"""Stream semantic registers: the state of three data movers, and how they move.

While streams are enabled, an instruction that names f0, f1 or f2 as a source gets the next element
of stream 0, 1 or 2, and one that writes to it appends one. An instruction moves a stream once, even
if it names the register twice. An element is 8 bytes at a pointer; the innermost loop that is not
at its end moves the pointer by its own stride only, so that strides are relative. A mover runs one
job and may hold the next (snitch_cluster, snitch_ssr_addr_gen.sv and snitch_ssr_switch.sv).

The functions are kernels: compiled and interpreted code share them.
"""

from __future__ import annotations

from rvx.isa import misuse
from rvx.isa.bits import Words
from rvx.isa.isa import Decoded
from rvx.isa.memory import FAULT_KIND, FAULT_SIZE, Memory, load_64, store_offset
from rvx.isa.operands import RegisterKind

STATE = "ssr"
"""Name of the state that holds everything here."""
STREAMS = 3
ALL_MOVERS = 31
LOOPS = 4
IDLE, READING, WRITING = 0, 1, 2

ENABLED, AVAILABLE = 0, 1
"""Words of the state: the CSR in bit 0; whether the machine lets bodies perform F and D."""
MOVERS = 8
MOVER_WORDS = 32
WORDS = MOVERS + STREAMS * MOVER_WORDS

# Words of a mover: the running job, the next one, and what is configured for it.
ACTIVE, POINTER, LEFT, RELOAD, DIMENSIONS = 0, 1, 2, 3, 4
INDEX, BOUND, STRIDE, REPEAT = 5, 9, 13, 17
PENDING, NEXT_POINTER, NEXT_DIMENSIONS, NEXT_REPEAT = 18, 19, 20, 21
NEXT_BOUND, NEXT_STRIDE = 22, 26

STATUS_REGISTER, REPEAT_REGISTER, BOUND_REGISTER, STRIDE_REGISTER = 0, 1, 2, 6
INDIRECT_REGISTER, READ_REGISTER, WRITE_REGISTER = 10, 24, 28
_LOW32 = 0xFFFFFFFF


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
    if INDIRECT_REGISTER <= register < READ_REGISTER:
        misuse.refuse(fault, misuse.INDIRECT, stream, register)
    elif register == STATUS_REGISTER or register >= 32:
        misuse.refuse(fault, misuse.NO_SUCH_REGISTER, stream, register)
    elif ssr[mover(stream) + PENDING] != IDLE:
        misuse.refuse(fault, misuse.CONFIGURED_WHILE_PENDING, stream, 0)
    elif register >= READ_REGISTER and value & 7 != 0:
        misuse.refuse(fault, misuse.MISALIGNED, stream, value)
    elif register >= READ_REGISTER and ssr[AVAILABLE] == 0:
        misuse.refuse(fault, misuse.CORE_HAS_FLOATS, stream, 0)


def _write(ssr: Words, stream: int, register: int, value: int) -> None:
    at = mover(stream)
    if register >= READ_REGISTER:
        ssr[at + PENDING] = READING if register < WRITE_REGISTER else WRITING
        ssr[at + NEXT_POINTER] = value
        ssr[at + NEXT_DIMENSIONS] = (register & 3) + 1
        if ssr[at + ACTIVE] == IDLE:
            start_next(ssr, at)
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
    if register < INDIRECT_REGISTER:
        which = register - STRIDE_REGISTER
        return ssr[at + NEXT_STRIDE + which] if is_idle else ssr[at + STRIDE + which]
    misuse.refuse(fault, misuse.NO_SUCH_REGISTER, stream, register)
    return 0


def _status(ssr: Words, at: int) -> int:
    """Done in bit 31, writing in bit 30, loops less one in bits 29 and 28, then the pointer."""
    done = 1 if ssr[at + ACTIVE] == IDLE else 0
    writes = 1 if ssr[at + ACTIVE] == WRITING else 0
    loops = ssr[at + DIMENSIONS] - 1 & 3
    return done << 31 | writes << 30 | loops << 28 | ssr[at + POINTER] & 0x07FFFFFF


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
    # Only what is read is delivered several times.
    ssr[at + RELOAD] = ssr[at + NEXT_REPEAT] if kind == READING else 0
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
            return
        ssr[at + INDEX + loop] = 0
    start_next(ssr, at)


def peek(ssr: Words, stream: int, mem: Memory) -> int:
    """The next element of a stream that is read; notes a fault if there is none."""
    at = mover(stream)
    kind = ssr[at + ACTIVE]
    if kind != READING:
        code = misuse.NO_ELEMENT if kind == IDLE else misuse.READS_WRITER
        misuse.refuse(mem.fault, code, stream, 0)
        return 0
    before = mem.fault[FAULT_KIND]
    value = load_64(mem, ssr[at + POINTER])
    if before == 0 and mem.fault[FAULT_KIND] != 0:
        mem.fault[FAULT_SIZE] = 8 | stream + 1 << misuse.CODE_BITS
    return value


def check_append(ssr: Words, stream: int, mem: Memory) -> None:
    """Notes a fault if a stream cannot take an element."""
    at = mover(stream)
    kind = ssr[at + ACTIVE]
    if kind != WRITING:
        code = misuse.NO_ELEMENT if kind == IDLE else misuse.WRITES_READER
        misuse.refuse(mem.fault, code, stream, 0)
        return
    before = mem.fault[FAULT_KIND]
    store_offset(mem, ssr[at + POINTER], 8)
    if before == 0 and mem.fault[FAULT_KIND] != 0:
        mem.fault[FAULT_SIZE] = 8 | stream + 1 << misuse.CODE_BITS


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
