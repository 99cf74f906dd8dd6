"""Misuse that an instruction notices: what a machine leaves undefined, or would wait for forever.

A body that asks for `fault` calls `refuse` where it cannot be performed. The guest then ends at
this instruction with a sentence, as it does for a bad memory access.
"""

from __future__ import annotations

from rvx.isa.bits import Words
from rvx.isa.memory import FAULT_ADDRESS, FAULT_KIND, FAULT_MISUSE, FAULT_NONE, FAULT_SIZE

CODE_BITS = 8

NO_ELEMENT = 1
READS_WRITER = 2
WRITES_READER = 3
CONFIGURED_WHILE_PENDING = 4
NO_MOVER = 5
NO_SUCH_REGISTER = 6
INTERSECTION = 7
MISALIGNED = 8
CORE_HAS_FLOATS = 9
ITERATIONS = 10
TOO_MANY = 11
MISALIGNED_INDICES = 12

SENTENCES: dict[int, str] = {
    NO_ELEMENT: "stream {stream} (ft{stream}) has no element left; exactly as many have to be "
    "used as were configured, and a stream has to be started before its register is named",
    READS_WRITER: "ft{stream} is read, but stream {stream} was started for writing",
    WRITES_READER: "ft{stream} is written, but stream {stream} was started for reading",
    CONFIGURED_WHILE_PENDING: "stream {stream} runs and has its next job already, so that this "
    "write would wait forever; use up the elements of the first job before",
    NO_MOVER: "there is no stream {value}; there are 0 to 2, and 31 writes to all",
    NO_SUCH_REGISTER: "register {value} of a stream cannot be accessed like this; written are "
    "1 (repeat), 2 to 5 (bounds), 6 to 9 (strides), 10 and 11 (indices and base of an "
    "indirect stream), 16 and 20 (start gathering, scattering), 24 to 27 (start reading) and 28 to "
    "31 (start writing); read are 0 (status) to 11",
    INTERSECTION: "register {value} starts the intersection of two indirect streams, which rvx "
    "does not have; 16 gathers and 20 scatters",
    MISALIGNED: "stream {stream} would start at {value:#x}, which is not a multiple of 8",
    MISALIGNED_INDICES: "the indices of stream {stream} would start at {value:#x}, which is not a "
    "multiple of their size",
    CORE_HAS_FLOATS: "a stream can be started only if the loaded text enables streams, too "
    "(csrsi 0x7c0, 1); this one does not, or is written while it runs",
    ITERATIONS: "rs1 is {value}; it is the number of iterations less one, 0 to 65535",
    TOO_MANY: "{value} instructions do not fit the sequencer, which holds 32",
}


def refuse(fault: Words, code: int, stream: int, value: int) -> None:
    """Notes that the instruction cannot be performed, unless something else was noted before.

    Args:
        fault: the fault words, see `rvx.isa.memory`.
        code: key of `SENTENCES`.
        stream: for `{stream}`.
        value: for `{value}`.
    """
    if fault[FAULT_KIND] == FAULT_NONE:
        fault[FAULT_KIND] = FAULT_MISUSE
        fault[FAULT_ADDRESS] = value
        fault[FAULT_SIZE] = code | stream << CODE_BITS


def sentence(fault: Words) -> str:
    """What `refuse` noted."""
    code, stream = int(fault[FAULT_SIZE]) & 0xFF, int(fault[FAULT_SIZE]) >> CODE_BITS
    return SENTENCES[code].format(stream=stream, value=int(fault[FAULT_ADDRESS]))
