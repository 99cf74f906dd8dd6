"""Rows: an instruction word made ready to be performed.

A row is a run of int64 values, made once for each distinct word. It holds the address of the
instruction's handler and, for everything that the body asks for, the value (a number) or the host
address (a register, a state), as `rvx.emulator.handlers.arguments` lays it out. Compiled code
therefore never decodes.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.context import Context, Field, Needs, Row
from rvx.emulator.core import F0, FRM, MSTATUS, MSTATUS_FS_DIRTY, X0, Core
from rvx.emulator.handlers.arguments import Layout, layout_of
from rvx.emulator.handlers.compiled import CompileError, check_body
from rvx.emulator.handlers.interim import Interim
from rvx.emulator.native.counters import counting_address
from rvx.emulator.native.streams import streamed_address
from rvx.isa import Csr, Decoded, Instruction, Isa, RegisterFile, streams
from rvx.isa.bits import Word
from rvx.isa.operands import RegisterKind, RoundingKind
from rvx.isa.vector.agnostic import code_of
from rvx.isa.vector.elements import elements_of
from rvx.isa.vector.state import STATE as VECTOR
from rvx.records import dataclass

_FIRST_TABLE = 1 << 8


class Unsupported(ValueError):
    """A word decodes, but rvx has no semantics for it."""


@dataclass(frozen=True)
class Wiring:
    """Turns decoded words into rows for one machine.

    Attributes:
        isa: what the words mean.
        core: whose registers are meant.
        context: where the extensions' state is.
        effects: gives the address of what a word may write, for a word, its row and its layout;
            None if nobody traces.
    """

    isa: Isa
    core: Core
    context: Context
    effects: Callable[[Decoded, NDArray[np.int64], Layout], int] | None = None

    def row(self, decoded: Decoded) -> NDArray[np.int64]:
        """The row of a decoded word, but for the address of its handler.

        Raises:
            Unsupported: the instruction asks for a CSR that rvx does not hold.
        """
        made = decoded.instruction
        layout = layout_of(made, self.isa, int(Row.END))
        word = _Word(self, decoded)
        filled: list[tuple[int, tuple[int, ...]]] = [
            (first, argument.fill(word)) for _, argument, first in layout.arguments
        ]
        needs = needs_of(self.isa, decoded)
        has_core_mode = not self.context.words[Field.FCSR]
        if self.core.pointers is None:
            if needs:
                word.transfers.append((MSTATUS, self.context.address(Field.MIRROR_MSTATUS)))
            if has_core_mode and _needs_rounding_mode(made):
                word.transfers.append((FRM, self.context.address(Field.MIRROR_FRM)))
        reads = len(word.transfers)
        filled += [(one.first, one.fill(word)) for one in layout.destinations]
        row = np.zeros(layout.end + 2 * len(word.transfers), np.int64)
        for first, words in filled:
            row[first : first + len(words)] = words
        row.view(np.uint64)[Row.WORD] = decoded.word
        row[Row.SIZE] = made.size
        row[Row.UNIT] = needs
        if self.isa.vector is not None:
            row[Row.ELEMENTS] = elements_of(decoded, self.isa.vector, self.isa.xlen).code
            if self.context.words[Field.FILLS_AGNOSTIC]:
                row[Row.AGNOSTIC] = code_of(decoded)
        row[Row.TRANSFERS] = row.ctypes.data + 8 * layout.end
        row[Row.READS], row[Row.WRITES] = reads, len(word.transfers) - reads
        row[layout.end :] = [part for pair in word.transfers for part in pair]
        if self.context.words[Field.SSR]:
            taken, appended = streams.moved(decoded)
            row[Row.TAKEN] = sum(1 << stream for stream in taken)
            row[Row.APPENDED] = 0 if appended is None else appended + 1
        if "csr_word" in made.requests:
            csr = word.csr()
            if csr.counts:
                row[Row.COUNTER] = word.csr_address()
            row[Row.RATIO] = csr.counts
            row[Row.IS_WRITE] = is_write(decoded)
        if self.effects is not None:
            row[Row.EFFECTS] = self.effects(decoded, row, layout)
        return row


class _Word:
    """A decoded word, as arguments and destinations ask for what they need of it.

    Without pointers into the core, registers have mirrors in the context, which hooks fill before
    and write back afterwards: `transfers` notes which.
    """

    def __init__(self, wiring: Wiring, decoded: Decoded) -> None:
        self._isa, self._core, self._context = wiring.isa, wiring.core, wiring.context
        self._decoded = decoded
        self.transfers: list[tuple[int, int]] = []

    def value(self, operand: str) -> int:
        return self._decoded.values[operand]

    def register(self, file: RegisterFile, number: int) -> int:
        if not file.is_core:
            return self._context.register_address(file, number)
        pointers = self._core.pointers
        is_float = file.name == "f"
        if pointers is not None:
            if is_float:
                return pointers.f + 8 * number
            return pointers.x + self._core.xlen // 8 * number
        mirror = self._context.address((Field.MIRROR_F if is_float else Field.MIRROR_X) + number)
        if is_float or number:
            self.transfers.append(((F0 if is_float else X0) + number, mirror))
        return mirror

    def destination(self, file: RegisterFile, number: int) -> int:
        if file.name == "x" and number == 0:
            return self._context.address(Field.SINK)
        return self.register(file, number)

    def state(self, name: str) -> int:
        return self._context.address(self._context.offsets[name])

    def csr(self) -> Csr:
        return owned_csr(self._isa, self._decoded)

    def csr_address(self) -> int:
        csr = self.csr()
        return self.state(csr.state) + 8 * csr.word

    def csr_mask(self) -> int:
        return csr_mask(self.csr(), self._isa)


class Rows:
    """All rows of a machine, found by word; `seconds` is the time spent on making them.

    The table is an open-addressing hash of (word, address of the row), which the trap hook searches
    by itself; a word that is not in it is decoded here, once.
    """

    def __init__(self, wiring: Wiring, context: Context, interim: Interim) -> None:
        self._wiring = wiring
        self._interim = interim
        self._context = context
        self._rows: dict[Word, NDArray[np.int64]] = {}
        self._illegal: dict[Word, str] = {}
        self._table = np.zeros(2 * _FIRST_TABLE, np.int64)
        self._publish()
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(self._missed)
        address = ctypes.cast(self._callback, ctypes.c_void_p).value
        context.words[Field.MISS] = address or 0
        self.error: BaseException | None = None
        self.seconds = 0.0

    def _publish(self) -> None:
        self._context.words[Field.HASH] = self._table.ctypes.data
        self._context.words[Field.HASH_MASK] = self._table.size // 2 - 1

    def _missed(self, word: Word) -> int:
        """Called from the trap hook; an exception must not cross compiled code."""
        try:
            return self.address(word & (1 << 64) - 1)
        except BaseException as error:
            self.error = error
            return 0

    def note_illegal(self, word: Word, reason: str) -> None:
        """Remembers why a word cannot be performed."""
        self._illegal[word] = reason

    def why_illegal(self, word: Word) -> str:
        """What was wrong with a word that has no row, if more is known than that it is illegal."""
        return self._illegal.get(word, "")

    def address(self, word: Word) -> int:
        """Host address of the row of a word, 0 if it cannot be performed."""
        known = self._rows.get(word)
        if known is None:
            made = self._make(word)
            if made is None:
                return 0
            self._rows[word] = known = made
            if 2 * len(self._rows) > self._table.size // 2:
                self._table = np.zeros(2 * self._table.size, np.int64)
                for other, row in self._rows.items():
                    self._insert(other, row)
                self._publish()
            else:
                self._insert(word, known)
        return int(known.ctypes.data)

    def _insert(self, word: Word, row: NDArray[np.int64]) -> None:
        mask = self._table.size // 2 - 1
        slot = (word * 0x9E3779B1 >> 15) & mask
        while self._table[2 * slot + 1]:
            slot = (slot + 1) & mask
        self._table.view(np.uint64)[2 * slot] = word
        self._table[2 * slot + 1] = row.ctypes.data

    def _make(self, word: Word) -> NDArray[np.int64] | None:
        isa = self._wiring.isa
        decoded = isa.decode(word)
        if decoded is None:
            return None
        start = time.perf_counter()
        try:
            check_body(decoded.expanded.instruction)
            row = self._wiring.row(decoded.expanded)
            row[Row.SIZE] = decoded.instruction.size
            place = Row.HANDLER
            if row[Row.TAKEN] or row[Row.APPENDED]:
                place = Row.PLAIN_HANDLER
                row[Row.HANDLER] = streamed_address()
            elif row[Row.COUNTER]:
                place = Row.PLAIN_HANDLER
                row[Row.HANDLER] = counting_address()
            self._interim.install(decoded.expanded.instruction, row, place)
        except (Unsupported, CompileError) as error:
            self._illegal[word] = str(error)
            return None
        finally:
            self.seconds += time.perf_counter() - start
        return row


def owned_csr(isa: Isa, decoded: Decoded) -> Csr:
    """The CSR of a CSR instruction that rvx, and not the core, performs.

    Raises:
        Unsupported: there is none at this address, or it is written and cannot be.
    """
    address = decoded.values["csr"]
    found = next((csr for csr in isa.csrs.values() if csr.address == address), None)
    if found is None or (is_read_only(address) and is_write(decoded)):
        raise Unsupported(csr_refusal(isa, decoded))
    return found


def csr_mask(csr: Csr, isa: Isa) -> int:
    """The bits of a CSR that an instruction accesses, at position 0, as an int64."""
    return csr.mask & 0xFFFFFFFF if isa.xlen == 32 else csr.mask


def csr_refusal(isa: Isa, decoded: Decoded) -> str:
    """Why a CSR instruction cannot be performed."""
    address = decoded.values["csr"]
    name = isa.printed_csr_names.get(address)
    what = f"CSR {address:#x} ({name})" if name else f"CSR {address:#x}"
    if is_read_only(address) and is_write(decoded):
        return f"{what} is read-only"
    return f"{what} does not exist on this machine"


def is_read_only(address: int) -> bool:
    """Whether writes to a CSR are illegal: its two highest bits say so."""
    return address >> 10 == 3


def is_write(decoded: Decoded) -> bool:
    """Whether a CSR instruction writes: setting and clearing bits of x0, or of 0, does not."""
    values = decoded.values
    is_plain = decoded.instruction.mnemonic.startswith("csrrw")
    return is_plain or values.get("rs1", values.get("uimm", 0)) != 0


def needs_of(isa: Isa, decoded: Decoded) -> Needs:
    """What a word needs of the floating-point unit and the vector unit; 0 for most words.

    It has to do with a unit if it names one of its registers, or the CSRs that rvx holds for it.
    What the hart repeats is looked at as a whole, before it begins.
    """
    made = decoded.instruction
    needs = Needs(0)
    for name, operand in made.operands.items():
        if isinstance(operand.kind, RegisterKind) and operand.kind.file.name == "f":
            needs |= Needs.UNIT | (Needs.RESULT if name in made.writes else Needs(0))
    address = decoded.values["csr"] if "csr_word" in made.requests else None
    is_state = any(csr.address == address and csr.state == "fcsr" for csr in isa.csrs.values())
    if is_state or "repeat" in made.requests:
        needs |= Needs.UNIT
    if "v" in made.requests:
        needs |= Needs.VECTOR | Needs.VECTOR_RESULT
        needs |= Needs.UNIT if "frm" in made.requests else Needs(0)
    if any(csr.address == address and csr.state == VECTOR for csr in isa.csrs.values()):
        needs |= Needs.VECTOR | (Needs.VECTOR_RESULT if is_write(decoded) else Needs(0))
    return needs


def switched_off(needs: Needs, core: Core, context: Context) -> str:
    """Why something that needs a unit is illegal, in a sentence; empty if it is not."""
    if needs & Needs.UNIT and not core.read(MSTATUS) & MSTATUS_FS_DIRTY:
        return "the floating-point unit is switched off: mstatus.FS is 0"
    if needs & Needs.VECTOR and not context.words[Field.VECTOR_STATUS]:
        return "the vector unit is switched off: mstatus.VS is 0"
    return ""


def _needs_rounding_mode(instruction: Instruction) -> bool:
    kinds = [operand.kind for operand in instruction.operands.values()]
    return "frm" in instruction.requests or any(isinstance(k, RoundingKind) for k in kinds)


def is_transferred(instruction: Instruction) -> bool:
    """Whether the instruction may go on somewhere else than at the next one."""
    return "next_pc" in instruction.requests or "repeat" in instruction.requests
