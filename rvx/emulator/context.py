"""The words that compiled hooks and the Python side of the machine share.

One int64 array: a header with the fields below, then the state of the extensions (register files,
quire, CSRs). Compiled code gets its address; Python sees it as `Context.words`.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rvx.bodies.arithmetic import HART_WORDS, STOP_NOW
from rvx.isa import Isa, RegisterFile
from rvx.records import dataclass

__all__ = ["STOP_NOW", "Context", "Field", "Needs", "Row", "Status"]


class Status(IntEnum):
    """Why the compiled hooks stopped the CPU."""

    RUNNING = 0
    ECALL = 1
    ILLEGAL = 2
    FAULT = 3
    LIMIT = 4
    TIER_UP = 5
    CAUSE = 6
    CODE_WRITTEN = 7
    INTERRUPTED = 8
    REFUSED = 9
    PRIVILEGED = 10  # An instruction that the run loop performs; no hook says this.
    END = 11  # Where the board says that the program has ended.
    NEW_LOOP = 13  # A hardware loop is about to run whose end is not known yet.
    ELSEWHERE = 12  # An instruction is performed, and the core cannot be told what follows.


class Field(IntEnum):
    """Position of each header word."""

    STATUS = 0
    DIFFERENCES = 1
    REMAINING = 2
    BLOCK_BEGIN = 3
    BLOCKS = 4
    PC = 5
    NEXT_PC = 6
    FFLAGS = 7
    FAULT = 8  # four words, see rvx.isa.memory
    CAUSE = 12
    RAM = 13
    RAM_BOUNDS = 14  # three words, see rvx.isa.memory
    PAGES = 17
    EXEC_BASE = 18
    EXEC_HALFWORDS = 19
    BLOCK_LENGTHS = 20
    TOUCHED = 21  # bytes: pages of code of which blocks were executed
    SITES = 22
    TRAPS = 23
    HASH = 24
    HASH_MASK = 25
    MISS = 26
    FLAGS_ADDRESS = 27
    PC_REGISTER = 28
    FFLAGS_REGISTER = 29
    SINK = 30
    THRESHOLD = 31
    FLAGS_TABLE = 32  # 32 words: RISC-V fflags to the core's own encoding
    MIRROR_X = 64  # used only where the core's registers cannot be reached by pointer
    MIRROR_F = 96
    MIRROR_FRM = 128
    FRM = 129  # address of the rounding mode
    BLOCKS_BIASED = 130  # BLOCKS - 8 * EXEC_BASE
    SLOW_BLOCK = 131  # address of the hook for all other blocks
    X_REGISTERS = 132  # addresses of x0 and f0, 0 where they are not known
    F_REGISTERS = 133
    READ_BEGIN = 134  # guest memory that regions load from without further checks
    READ_LIMIT = 135
    WRITE_BEGIN = 136  # and store to
    WRITE_LIMIT = 137
    BIAS = 138  # host address minus guest address
    OTHER_SETTING = 139  # the vtype that a region was not made for, when it was last refused,
    OTHER_SETTING_AT = 143  # the entry where that was,
    OTHER_SETTINGS = 177  # and how often there was such a one
    IS_LIMITED = 140
    STEPPING = 142  # whether instructions are counted one by one, so that no region may run
    FCSR = 141  # address of the state word fcsr where bodies perform F and D, else 0
    REPEAT = 144  # four words, see rvx.isa.repeat
    SSR = 148  # address of the state of streams where bodies see to them, else 0
    SEQUENCES = 149  # for every executable halfword, the address of what is repeated from there
    PREPARE = 150  # callback: makes it
    REPEATED = 151  # like DIFFERENCES, for executions that were not fetched
    POSITION = 152  # where a repetition stands: 17 words, see rvx.emulator.native.sequencer
    GATE = 169  # four addresses, see rvx.emulator.gate
    REFUSED = 173  # where a block begins that holds words the core must not see, else nowhere
    CUT = 174  # where the limit is reached within a block, else nowhere
    STUB = 175  # address of the page that calls return to
    ENDS = 176  # like DIFFERENCES: room for a sum, all 0 otherwise
    MSTATUS = 178  # address of the core's mstatus, or of the mirror
    MIRROR_MSTATUS = 179
    CORE_PC = 180  # address of the core's program counter, 0 where it is not known
    VECTOR_STATUS = 181  # mstatus.VS: 0 while the vector unit is switched off, 3 once it was used
    VECTOR = 182  # address of the state of the vector unit, 0 if there is none
    ELEMENTS = 183  # address of the table of elements, see rvx.emulator.native.elements
    CALLS = 184  # address of the record of calls, 0 where calls are not followed
    COUNTERS = 185  # which counters this mode may read, see rvx.emulator.native.counters
    LOOPS = 186  # address of the state of hardware loops, 0 if the ISA has none
    LOOP_COUNT = 187  # how many there are
    LOOP_ENDS = 188  # bytes: executable halfwords where the last instruction of one begins
    SUSPENDED = 189  # address of the record of a repetition that a limit has stopped, else 0
    FILLS_AGNOSTIC = 190  # whether agnostic elements of vectors are filled with ones
    TRACE = 191  # address of what traces write to, 0 if nobody traces; see native.retire
    ACCESSES = 192  # address of the log of accesses, see rvx.isa.memory
    ACCESS_WORDS = 193  # how many words it has, 0 if nobody traces
    STOP = 194  # 1 to stop at the next block, 2 (`STOP_NOW`) even in a repetition or a body
    RAISED = 195  # what a body has raised: three words, see rvx.bodies.arithmetic
    PAUSES = 198  # address of breakpoints and watchpoints, 0 if there are none; see native.pauses
    CARRIED = 199  # instructions that were executed before those that are counted
    CALL = 200  # callback: performs an ecall without stopping the core, 0 if nobody does
    STACK_BEGIN = 201  # guest memory behind what nobody may have below the stack: regions load and
    STACK_LIMIT = 202  # store there without further checks, too
    END = 203


assert int(Field.PAUSES - Field.STOP) == HART_WORDS


class Row(IntEnum):
    """Position of each part of a row's header; what the handler asks for stands behind it."""

    HANDLER = 0
    WORD = 1
    SIZE = 2
    UNIT = 3  # what it needs of the floating-point unit and of the vector unit, see `Needs`
    TRANSFERS = 4  # host address of pairs of (register number of the core, host address)
    READS = 5
    WRITES = 6
    TAKEN = 7  # streams that are taken from, as a mask
    APPENDED = 8  # one more than the stream that is appended to, or 0
    PLAIN_HANDLER = 9  # what HANDLER would be without streams, or without counting
    COUNTER = 10  # address of the state word behind a CSR that counts, 0 if it does not
    RATIO = 11  # `Csr.counts`
    IS_WRITE = 12  # whether the CSR is written
    INNER = 13  # at the entry of a region, which has SIZE 0: the row of the word there, or 0
    ENTRIES = 14  # how often the region was entered here
    NEXT = 15  # the row of another region with this entry, 0 if there is none
    ELEMENTS = 16  # of a vector instruction, how its elements are counted, else 0
    AGNOSTIC = 17  # what is filled with ones behind it, 0 if nothing is
    EFFECTS = 18  # while somebody traces, the address of what it writes, see native.retire; else 0
    END = 19


class Needs(IntFlag):
    """What an instruction needs of the floating-point unit, and of the vector unit."""

    UNIT = 1  # that the floating-point unit is switched on in mstatus
    RESULT = 2  # and a register of the unit is written, so that mstatus shows a change
    VECTOR = 4  # that the vector unit is switched on in mstatus
    VECTOR_RESULT = 8  # and its state changes, so that mstatus shows it


VECTOR_DIRTY = 3
"""mstatus.VS where the state of the vector unit has changed."""


@dataclass(frozen=True)
class Context:
    """The shared words and where the extensions' state is within them.

    Attributes:
        words: the array.
        offsets: first word of every state and of every register file of an extension.
    """

    words: NDArray[np.int64]
    offsets: dict[str, int]

    @classmethod
    def for_isa(cls, isa: Isa) -> Context:
        """A context with room for the state of all extensions, all 0."""
        offsets: dict[str, int] = {}
        at = int(Field.END)
        for name, state in isa.states.items():
            offsets[name] = at
            at += state.words
        for name, file in isa.register_files.items():
            if not (file.is_core or file.is_by_number):
                offsets[name] = at
                at += file.count * file.words
        words = np.zeros(at, np.int64)
        for name, state in isa.states.items():
            for word, value in state.reset:
                words[offsets[name] + word] = value
        return cls(words, offsets)

    def address(self, word: int) -> int:
        """Host address of a word."""
        return self._begin + 8 * word

    @cached_property
    def _begin(self) -> int:
        return int(self.words.ctypes.data)

    def state(self, name: str, words: int) -> NDArray[np.int64]:
        """A view of a state or register file."""
        start = self.offsets[name]
        return self.words[start : start + words]

    def register_address(self, file: RegisterFile, number: int) -> int:
        """Host address of an extension's register."""
        return self.address(self.offsets[file.name] + number * file.words)
