"""Sentences about guests that could not go on."""

from __future__ import annotations

from unicorn import unicorn_const as const

from rvx.disassembler import format_instruction
from rvx.emulator.loader import SymbolTable
from rvx.emulator.memory import GuestMemory
from rvx.emulator.result import Trap, TrapKind
from rvx.isa import Isa, misuse
from rvx.isa.bits import Address, Words, word_size
from rvx.isa.memory import (
    FAULT_ADDRESS,
    FAULT_EXCEPTION,
    FAULT_ILLEGAL,
    FAULT_KIND,
    FAULT_LOAD,
    FAULT_MISALIGNED_FETCH,
    FAULT_MISALIGNED_LOAD,
    FAULT_MISALIGNED_STORE,
    FAULT_MISUSE,
    FAULT_ROUNDING,
    FAULT_SIZE,
    FAULT_STORE,
)

BREAKPOINT_WORDS = (0x00100073, 0x9002)
CAUSE_MISALIGNED_LOAD, CAUSE_MISALIGNED_STORE = 4, 6
FETCH = int(const.UC_MEM_FETCH_PROT)
"""Unicorn's number for a fetch from where nothing may be fetched."""
LOAD = int(const.UC_MEM_READ_UNMAPPED)
"""Of a load from where nothing is mapped."""
_READS = (const.UC_MEM_READ_UNMAPPED, const.UC_MEM_READ_PROT)
_WRITES = (const.UC_MEM_WRITE_UNMAPPED, const.UC_MEM_WRITE_PROT)


def kind_of_access(access: int) -> TrapKind:
    """The kind of trap for Unicorn's kind of bad access."""
    if access in _READS:
        return TrapKind.BAD_LOAD
    return TrapKind.BAD_STORE if access in _WRITES else TrapKind.BAD_FETCH


def kind_of_fault(kind: int) -> TrapKind:
    """The kind of trap for a fault that an instruction noted."""
    return {
        FAULT_LOAD: TrapKind.BAD_LOAD,
        FAULT_STORE: TrapKind.BAD_STORE,
        FAULT_MISUSE: TrapKind.MISUSE,
        FAULT_EXCEPTION: TrapKind.ILLEGAL_INSTRUCTION,
        FAULT_ILLEGAL: TrapKind.ILLEGAL_INSTRUCTION,
        FAULT_ROUNDING: TrapKind.ILLEGAL_INSTRUCTION,
        FAULT_MISALIGNED_FETCH: TrapKind.MISALIGNED_FETCH,
        FAULT_MISALIGNED_LOAD: TrapKind.MISALIGNED_LOAD,
        FAULT_MISALIGNED_STORE: TrapKind.MISALIGNED_STORE,
    }[kind]


def kind_of_cause(cause: int) -> TrapKind:
    """The kind of trap for a cause that the core gives, as in mcause.

    Unicorn gives that of a load for misaligned atomics; it gives none for other accesses, which it
    performs.
    """
    return {
        CAUSE_MISALIGNED_LOAD: TrapKind.MISALIGNED_STORE,
        CAUSE_MISALIGNED_STORE: TrapKind.MISALIGNED_STORE,
    }.get(cause, TrapKind.EXCEPTION)


def fault_detail(fault: Words) -> str:
    """More about a fault that an instruction noted, from the fault words."""
    if fault[FAULT_KIND] == FAULT_MISUSE:
        return misuse.sentence(fault)
    if fault[FAULT_KIND] == FAULT_ILLEGAL:
        return "it is reserved under the present vtype, vl and vstart, or with these registers"
    if fault[FAULT_KIND] == FAULT_ROUNDING:
        return f"frm holds {int(fault[FAULT_ADDRESS])}, which is no rounding mode"
    if fault[FAULT_KIND] == FAULT_MISALIGNED_FETCH:
        return f"to {int(fault[FAULT_ADDRESS]) & (1 << 64) - 1:#x}"
    size, stream = int(fault[FAULT_SIZE]) & 0xFF, int(fault[FAULT_SIZE]) >> misuse.CODE_BITS
    what = f"{size} bytes at {int(fault[FAULT_ADDRESS]) & (1 << 64) - 1:#x}"
    return f"{what}, by stream {stream - 1} (ft{stream - 1})" if stream else what


class Reporter:
    """Makes traps with a message that says where, what and on which instruction."""

    def __init__(self, isa: Isa, memory: GuestMemory, symbols: SymbolTable) -> None:
        self._isa = isa
        self._memory = memory
        self._symbols = symbols

    def trap(self, kind: TrapKind, pc: Address, detail: str, limit: int | None) -> Trap:
        """A trap at pc.

        Args:
            kind: what happened.
            pc: of the instruction that was not performed.
            detail: more about it, such as the address of a bad access.
            limit: the instruction limit of the run, for the message about it.
        """
        if kind == TrapKind.BAD_LOAD and self.stores(pc):
            kind = TrapKind.BAD_STORE
        where = self.place(pc)
        word = self._word(pc)
        if word:
            where += f", {word}"
        what = str(kind)
        if kind == TrapKind.LIMIT:
            what = f"stopped after {limit} instructions, the limit,"
        elif kind == TrapKind.INTERRUPTED:
            what = "interrupted"
        if detail:
            return Trap(kind, pc, f"{what} {where}: {detail}")
        return Trap(kind, pc, f"{what} {where}")

    def stores(self, pc: Address) -> bool:
        """Whether an instruction reads and writes, so that its faults are those of stores."""
        word = self._memory.word(pc)
        decoded = self._isa.decode(word) if word is not None else None
        if decoded is None:
            return False
        made = decoded.expanded.instruction
        return made.kind == "atomic" and not made.mnemonic.startswith("lr.")

    def place(self, pc: Address) -> str:
        """The address of an instruction, with the symbol that it is in."""
        symbol = self._symbols.describe(pc)
        return f"at {pc:#x} <{symbol}>" if symbol else f"at {pc:#x}"

    def _word(self, pc: Address) -> str:
        word = self._memory.word(pc)
        if word is None:
            return ""
        digits = 2 * word_size(word)
        decoded = self._isa.decode(word)
        if decoded is None:
            return f"word {word:0{digits}x}, which is no instruction of {self._isa!r}"
        text = format_instruction(decoded, self._isa, address=pc)
        return f"word {word:0{digits}x} '{' '.join(text.split())}'"
