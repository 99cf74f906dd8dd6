"""Rows: an instruction word made ready to be performed.

A row is a run of int64 values, made once for each distinct word. It holds the address of the
instruction's compiled handler and, for everything that the body asks for, the value (a number) or
the host address (a register, a state). Compiled code therefore never decodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.context import Context, Field
from rvx.emulator.core import F0, FRM, MSTATUS, MSTATUS_FS_DIRTY, X0, Core
from rvx.isa import Csr, Decoded, Instruction, Isa, streams
from rvx.isa.instruction import NUMBER
from rvx.isa.operands import RegisterKind, RoundingKind
from rvx.isa.vector.state import STATE as VECTOR


class Row(IntEnum):
    """Position of each part of a row."""

    HANDLER = 0
    WORD = 1
    SIZE = 2
    READS = 3
    WRITES = 4
    RESULT = 5
    TRANSFERS = 6  # pairs of (register number of the core, host address)
    ARGUMENTS = 20  # a word names at most five registers, one of which may be written, and frm
    TAKEN = 56  # streams that are taken from, as a mask
    APPENDED = 57  # one more than the stream that is appended to, or 0
    PLAIN_HANDLER = 58  # what HANDLER would be without streams, or without counting
    COUNTER = 60  # address of the state word behind a CSR that counts, 0 if it does not
    RATIO = 61  # `Csr.counts`
    IS_WRITE = 62  # whether the CSR is written
    UNIT = 59  # what it needs of the floating-point unit, see `Needs`
    END = 64


class Needs(IntFlag):
    """What an instruction needs of the floating-point unit."""

    UNIT = 1  # that it is switched on in mstatus
    RESULT = 2  # and a register of the unit is written, so that mstatus shows a change


class Unsupported(ValueError):
    """A word decodes, but rvx has no semantics for it."""


@dataclass(frozen=True)
class Wiring:
    """Turns decoded words into rows for one machine.

    Attributes:
        isa: what the words mean.
        core: whose registers are meant.
        context: where the extensions' state is.
    """

    isa: Isa
    core: Core
    context: Context

    def fill(self, row: NDArray[np.int64], decoded: Decoded) -> None:
        """Writes the row of a decoded word, but for the address of its handler.

        Raises:
            Unsupported: the instruction has no body, or asks for a CSR that rvx does not hold.
        """
        made = decoded.instruction
        transfers: list[tuple[int, int]] = []
        row[Row.WORD] = decoded.word
        row[Row.SIZE] = made.size
        for i, name in enumerate(made.requests):
            row[Row.ARGUMENTS + i] = self._argument(name, decoded, transfers)
        row[Row.UNIT] = needs = needs_of(self.isa, decoded)
        if self.core.pointers is None and needs:
            transfers.append((MSTATUS, self.context.address(Field.MIRROR_MSTATUS)))
        has_core_mode = not self.context.words[Field.FCSR]
        if self.core.pointers is None and has_core_mode and _needs_rounding_mode(made):
            transfers.append((FRM, self.context.address(Field.MIRROR_FRM)))
        row[Row.READS] = len(transfers)
        result = made.operands.get("rd")
        if result is not None and isinstance(result.kind, RegisterKind):
            row[Row.RESULT] = self._result(result.kind, decoded.values["rd"], transfers)
        row[Row.WRITES] = len(transfers) - row[Row.READS]
        if self.context.words[Field.SSR]:
            taken, appended = streams.moved(decoded)
            row[Row.TAKEN] = sum(1 << stream for stream in taken)
            row[Row.APPENDED] = 0 if appended is None else appended + 1
        if "csr_word" in made.requests:
            csr = owned_csr(self.isa, decoded)
            row[Row.COUNTER] = self._csr_part("csr_word", decoded) if csr.counts else 0
            row[Row.RATIO] = csr.counts
            row[Row.IS_WRITE] = is_write(decoded)
        for i, (register, address) in enumerate(transfers):
            row[Row.TRANSFERS + 2 * i] = register
            row[Row.TRANSFERS + 2 * i + 1] = address

    def _argument(self, name: str, decoded: Decoded, transfers: list[tuple[int, int]]) -> int:
        operand = decoded.instruction.operands.get(name)
        if operand is not None:
            value = decoded.values[name]
            if isinstance(operand.kind, RegisterKind) and not operand.kind.file.is_vector:
                return self._register(operand.kind, value, transfers)
            return value
        if name.endswith(NUMBER) and name.removesuffix(NUMBER) in decoded.values:
            return decoded.values[name.removesuffix(NUMBER)]
        if name == "v":
            return self.context.address(self.context.offsets[VECTOR])
        if name in self.context.offsets and name in self.isa.states:
            return self.context.address(self.context.offsets[name])
        if name.startswith("csr_"):
            return self._csr_part(name, decoded)
        return 0

    def _register(self, kind: RegisterKind, number: int, transfers: list[tuple[int, int]]) -> int:
        """Host address of a register; without pointers, of its mirror, which is filled before."""
        if not kind.file.is_core:
            return self.context.register_address(kind.file, number)
        pointers = self.core.pointers
        is_float = kind.file.name == "f"
        if pointers is not None:
            if is_float:
                return pointers.f + 8 * number
            return pointers.x + self.core.xlen // 8 * number
        mirror = self.context.address((Field.MIRROR_F if is_float else Field.MIRROR_X) + number)
        if is_float or number:
            transfers.append(((F0 if is_float else X0) + number, mirror))
        return mirror

    def _result(self, kind: RegisterKind, number: int, transfers: list[tuple[int, int]]) -> int:
        if kind.file.name == "x" and number == 0:
            return self.context.address(Field.SINK)
        return self._register(kind, number, transfers)

    def _csr_part(self, name: str, decoded: Decoded) -> int:
        csr = owned_csr(self.isa, decoded)
        if name == "csr_word":
            return self.context.address(self.context.offsets[csr.state] + csr.word)
        return csr.lsb if name == "csr_lsb" else csr_mask(csr, self.isa)


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
    """What a word needs of the floating-point unit, 0 if it has nothing to do with it.

    That is so if it names one of its registers, or the CSRs that rvx holds for it. What the hart
    repeats is looked at as a whole, before it begins.
    """
    made = decoded.instruction
    needs = Needs(0)
    for name, operand in made.operands.items():
        if isinstance(operand.kind, RegisterKind) and operand.kind.file.name == "f":
            needs |= Needs.UNIT | (Needs.RESULT if name == "rd" else Needs(0))
    address = decoded.values["csr"] if "csr_word" in made.requests else None
    is_state = any(csr.address == address and csr.state == "fcsr" for csr in isa.csrs.values())
    if is_state or "repeat" in made.requests:
        needs |= Needs.UNIT
    return needs


SWITCHED_OFF = "the floating-point unit is switched off: mstatus.FS is 0"


def is_switched_off(core: Core) -> bool:
    """Whether all that needs the floating-point unit is illegal."""
    return not core.read(MSTATUS) & MSTATUS_FS_DIRTY


def _needs_rounding_mode(instruction: Instruction) -> bool:
    kinds = [operand.kind for operand in instruction.operands.values()]
    return "frm" in instruction.requests or any(isinstance(k, RoundingKind) for k in kinds)


def is_transferred(instruction: Instruction) -> bool:
    """Whether the instruction may go on somewhere else than at the next one."""
    return "next_pc" in instruction.requests or "repeat" in instruction.requests
