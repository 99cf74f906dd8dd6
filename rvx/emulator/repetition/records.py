"""Sequences made ready for compiled code: a record for each place that repeats what follows it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import sparse
from rvx.emulator.context import Context, Field
from rvx.emulator.handlers.rows import Rows
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native import sequencer
from rvx.emulator.native.sequencer import Level, Record
from rvx.emulator.repetition.sequence import Sequence, Unrepeatable, read_sequence
from rvx.isa import Isa, repeat
from rvx.isa.bits import Address
from rvx.records import dataclass


@dataclass(frozen=True)
class Recorded:
    """A sequence and its record."""

    sequence: Sequence
    record: NDArray[np.int64]


class Records:
    """The records of a machine, found by address; the sequencer asks for those that it misses.

    Attributes:
        recorded: by address of the repeating instruction.
        on_made: called with every new one.
        error: what went wrong on the Python side, to be raised by the hart.
    """

    def __init__(self, isa: Isa, context: Context, memory: GuestMemory, rows: Rows) -> None:
        self._isa = isa
        self._words = context.words
        self._memory = memory
        self._rows = rows
        self._addresses: NDArray[np.int64] = sparse.zeros(
            int(context.words[Field.EXEC_HALFWORDS]) + 1, np.int64
        )
        context.words[Field.SEQUENCES] = self._addresses.ctypes.data
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(self._prepare)
        context.words[Field.PREPARE] = ctypes.cast(self._callback, ctypes.c_void_p).value or 0
        self.recorded: dict[Address, Recorded] = {}
        self.on_made: Callable[[Recorded], None] | None = None
        self.error: BaseException | None = None

    def _prepare(self, pc: Address) -> int:
        """Called from the sequencer; an exception must not cross compiled code."""
        try:
            return self._make(pc)
        except Unrepeatable as error:
            self._rows.note_illegal(self._memory.word(pc) or 0, str(error))
        except BaseException as error:
            self.error = error
        return 0

    def _make(self, pc: Address) -> int:
        asked = self._words[Field.REPEAT : Field.REPEAT + repeat.WORDS].tolist()
        sequence = read_sequence(self._isa, self._memory.word, pc, *asked[1:])
        count = len(sequence.items)
        record = np.zeros(Record.ITEMS + count * sequencer.Item.END, np.int64)
        record[Record.WORD] = self._memory.word(pc) or 0
        record[Record.COUNT] = count
        record[Record.NEXT_PC] = sequence.end
        record[Record.PHASES] = sequence.innermost.phases
        record[Record.DEPTH] = len(sequence.blocks)
        for depth, block in enumerate(sequence.blocks):
            at = Record.BLOCKS + depth * Level.END
            record[at + Level.FIRST], record[at + Level.LAST] = block.first, block.last
        for i, item in enumerate(sequence.items):
            rows = [self._row(decoded.word) for decoded in item.phases]
            at = Record.ITEMS + i * sequencer.Item.END
            record[at + sequencer.Item.PC] = item.pc
            record[at + sequencer.Item.WORD] = item.word
            if item.is_marker:
                # The marker stands right in front of its block.
                level = next(d for d, block in enumerate(sequence.blocks) if block.first == i + 1)
                inner = Record.BLOCKS + level * Level.END
                record[inner + Level.ROW], record[inner + Level.PC] = rows[0], item.pc
            else:
                first = at + sequencer.Item.ROWS
                record[first : first + len(rows)] = rows
        self.recorded[pc] = made = Recorded(sequence, record)
        if self.on_made is not None:
            self.on_made(made)
        address = int(record.ctypes.data)
        self._addresses[(pc - self._memory.executable_begin) >> 1] = address
        return address

    def _row(self, word: int) -> int:
        row = self._rows.address(word)
        if row == 0:
            raise Unrepeatable(self._rows.why_illegal(word))
        return row
