"""The tracer of a machine: the buffers that compiled code writes to, and what is traced when."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import sparse
from rvx.emulator.context import Context, Field
from rvx.emulator.core import X0, Core
from rvx.emulator.memory import PAGE, GuestMemory
from rvx.emulator.native.retire import Kind, Mark, Retired, Trace, Write
from rvx.emulator.tracing.effects import EffectsTable
from rvx.emulator.tracing.records import Batch, Names
from rvx.isa import Decoded, Isa
from rvx.isa.bits import Address
from rvx.isa.memory import ACCESS_WORDS
from rvx.records import dataclass

_RECORDS = 1 << 14
"""How many instructions are noted before somebody takes them."""
_WRITES = 3 * _RECORDS
_SLACK_WRITES = 128
"""More than an instruction can write: registers of all files at once."""


@dataclass(frozen=True)
class Tracing:
    """What of a run is traced.

    Attributes:
        begins_at: addresses from which on it is; from the beginning if there are none.
        ends_at: addresses before which it ends, until one of the others is reached again.
        after: instructions of the run before that.
        most: instructions that are traced, after which no more are.
        only: mnemonics, and names of extensions; everything if there are none.
        within: of code, as pairs of addresses; everything if there are none.

    Raises:
        ValueError: it is to begin both at an address and behind so many instructions.
    """

    begins_at: Collection[Address] = ()
    ends_at: Collection[Address] = ()
    after: int = 0
    most: int | None = None
    only: Collection[str] = ()
    within: Collection[tuple[Address, Address]] = ()

    def __post_init__(self) -> None:
        if self.begins_at and self.after:
            raise ValueError("a trace begins at an address, or behind so many instructions")

    @property
    def is_whole(self) -> bool:
        """Whether all of a run is traced, from its beginning to its end."""
        return not self.begins_at and not self.after and self.most is None

    def is_recorded(self, decoded: Decoded) -> bool:
        """Whether instructions of a word are."""
        if not self.only:
            return True
        made = decoded.instruction
        of = {made.mnemonic, made.extension, decoded.expanded.instruction.mnemonic}
        return not of.isdisjoint(self.only)


class Tracer:
    """Takes what compiled code notes about instructions that retire.

    Args:
        isa: the instructions.
        context: the machine's words.
        core: whose registers are written.
        memory: the guest's.
        tracing: what is traced.
        take: gets every batch, in order; nothing of it is written over afterwards.

    Attributes:
        is_on: whether the hart is traced at the moment.
        left: instructions that are still to be traced; None without a limit.
        error: what `take` has raised, for the hart to raise.
        effects: what words may write.
        words: what `rvx.emulator.native.retire.Trace` lays out.
        on_begin: called when tracing begins, and again after it had ended.
        on_look: called before compiled code runs on, when all that has retired was taken: registers
            may be others by now, as behind a system call.
    """

    def __init__(
        self,
        isa: Isa,
        context: Context,
        core: Core,
        memory: GuestMemory,
        tracing: Tracing,
        take: Callable[[Batch], None],
    ) -> None:
        self._isa, self._context, self._core, self._memory = isa, context, core, memory
        self.tracing = tracing
        self._take = take
        self.error: BaseException | None = None
        self.on_begin: Callable[[], None] | None = None
        self.on_look: Callable[[], None] | None = None
        self.effects = EffectsTable(isa, context, core, tracing.is_recorded)
        self.names = Names(dict(isa.printed_csr_names), self.effects.names)
        self.is_on = False
        self.left = tracing.most
        self.words = np.zeros(Trace.END, np.int64)
        vlen = isa.vector.vlen if isa.vector is not None else 0
        slack_wide = 32 * (vlen // 64) + sum(state.words for state in isa.states.values()) + 4096
        # Elements of eight registers, each of one byte; streams and frames of Zcmp take less.
        slack_accesses = ACCESS_WORDS * (vlen + 256)
        self._records = np.zeros((_RECORDS + 1, Retired.END), np.int64)
        self._writes = np.zeros((_WRITES + _SLACK_WRITES + 2 * slack_wide, Write.END), np.int64)
        self._wide = np.zeros(_WRITES + slack_wide, np.int64)
        self._log = np.zeros(1 + ACCESS_WORDS * _RECORDS + slack_accesses, np.int64)
        self._log[0] = 1
        self._copy = np.zeros_like(context.words)
        self._registers = np.zeros(32, np.int64)
        self._core_registers = core.x_registers
        self._marks: NDArray[np.uint8] = sparse.zeros(
            (memory.executable_end - memory.executable_begin + 1) // 2 + 1, np.uint8
        )
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(self._flushed)
        words = self.words
        words[Trace.RECORDS] = self._records.ctypes.data
        words[Trace.RECORD_ROOM] = _RECORDS
        words[Trace.WRITES], words[Trace.WRITE_ROOM] = self._writes.ctypes.data, _WRITES
        words[Trace.WIDE], words[Trace.WIDE_ROOM] = self._wide.ctypes.data, _WRITES
        words[Trace.ACCESS_ROOM] = self._log.size - slack_accesses
        words[Trace.ACCESS_MARK] = 1
        words[Trace.FLUSH] = ctypes.cast(self._callback, ctypes.c_void_p).value or 0
        words[Trace.COPY] = self._copy.ctypes.data - context.words.ctypes.data
        words[Trace.REGISTERS] = self._registers.ctypes.data
        words[Trace.MARKS] = self._marks.ctypes.data
        for address in (*tracing.begins_at, *tracing.ends_at):
            self.mark(address, Mark.STOPS)
        for begin, end in self._outside():
            self._marks[self._index(begin) : self._index(end)] |= np.uint8(Mark.IS_LEFT_OUT)

    def _outside(self) -> list[tuple[Address, Address]]:
        """Code that is not traced: the page that calls return to, and what nobody has asked for."""
        memory = self._memory
        found = [(memory.stub, memory.stub + PAGE)]
        if self.tracing.within:
            at = memory.executable_begin
            for begin, end in sorted(self.tracing.within):
                found.append((at, max(begin, at)))
                at = max(end, at)
            found.append((at, max(memory.executable_end, at)))
        return found

    def _index(self, address: Address) -> int:
        offset = (address - self._memory.executable_begin) >> 1
        return min(max(offset, 0), self._marks.size)

    def mark(self, address: Address, mark: Mark) -> None:
        """Puts a mark at an address, if there may be code."""
        index = (address - self._memory.executable_begin) >> 1
        if 0 <= index < self._marks.size:
            self._marks[index] |= np.uint8(mark)

    def begin(self) -> None:
        """A run begins."""
        self.left = self.tracing.most
        self.switch(not self.tracing.begins_at and not self.tracing.after)

    def switch(self, is_on: bool) -> None:
        """Begins to trace, or ends that."""
        was_on, self.is_on = self.is_on, is_on and self.left != 0
        if self.is_on and not was_on and self.on_begin is not None:
            self.flush()
            self.on_begin()
        context = self._context.words
        context[Field.TRACE] = self.words.ctypes.data if self.is_on else 0
        context[Field.ACCESSES] = self._log.ctypes.data
        context[Field.ACCESS_WORDS] = self._log.size if self.is_on else 0

    def look(self, mode: int) -> None:
        """Copies what instructions may change, before compiled code runs on in this mode."""
        if self.on_look is not None:
            self.flush()
            self.on_look()
        self.words[Trace.MODE] = mode
        self._copy[:] = self._context.words
        self._log[0] = self.words[Trace.ACCESS_MARK]
        if self._core_registers is not None:
            self._registers[1:] = self._core_registers[1:]
            return
        for number in range(1, 32):
            value = self._core.read(X0 + number)
            self._registers[number] = value - (1 << 64) if value >> 63 else value

    @property
    def traced(self) -> int:
        """How many instructions wait to be taken."""
        return int(self.words[Trace.RECORD_COUNT])

    def note(self, pc: Address, decoded: Decoded, writes: list[tuple[int, int]]) -> None:
        """Notes an instruction that the run loop has performed.

        Args:
            pc: its address.
            decoded: what it is.
            writes: keys and values of what it has written.
        """
        index = self._index(pc)
        is_out = index < self._marks.size and self._marks[index] & Mark.IS_LEFT_OUT
        if not self.is_on or is_out or not self.tracing.is_recorded(decoded):
            return
        at = int(self.words[Trace.WRITE_COUNT])
        for key, value in sorted(writes):
            signed = value - (1 << 64) if value >> 63 else value
            bits = self._isa.xlen if key & 15 != Kind.F else 64
            self._writes[at] = key, bits, signed
            at += 1
        self.words[Trace.WRITE_COUNT] = at
        self._log[0] = self.words[Trace.ACCESS_MARK]
        word = decoded.word
        self._records[self.traced] = (
            pc,
            word - (1 << 64) if word >> 63 else word,
            decoded.instruction.size,
            self.words[Trace.MODE],
            at,
            self._log[0],
        )
        self.words[Trace.RECORD_COUNT] += 1
        if self.traced >= _RECORDS or at >= _WRITES:
            self.flush()

    def _flushed(self, _: int) -> int:
        """Called from compiled code; an exception must not cross it."""
        try:
            self.flush()
        except BaseException as error:
            self.error = error
            self._empty()
            self._context.words[Field.STOP] = 1
        return 0

    def flush(self) -> None:
        """Hands everything over that has been noted."""
        words = self.words
        count = self.traced
        if not count:
            return
        accesses = int(words[Trace.ACCESS_MARK])
        records = self._records[:count].copy()
        records[:, Retired.ACCESSES] = (records[:, Retired.ACCESSES] - 1) // ACCESS_WORDS
        batch = Batch(
            records,
            self._writes[: words[Trace.WRITE_COUNT]].copy(),
            self._wide[: words[Trace.WIDE_COUNT]].copy(),
            self._log[1:accesses].copy().reshape(-1, ACCESS_WORDS),
            self.names,
        )
        self._empty()
        self._take(batch)

    def _empty(self) -> None:
        words = self.words
        words[[Trace.RECORD_COUNT, Trace.WRITE_COUNT, Trace.WIDE_COUNT]] = 0
        words[Trace.ACCESS_MARK] = self._log[0] = 1
