"""What the instruction of a word may write: the words at `Row.EFFECTS`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rvx.bodies import form_of
from rvx.emulator.context import Context
from rvx.emulator.core import Core
from rvx.emulator.handlers.arguments import X_REGISTERS, Layout
from rvx.emulator.handlers.rows import csr_mask, is_write, owned_csr
from rvx.emulator.native.retire import Effects, Kind
from rvx.isa import Csr, Decoded, Isa
from rvx.isa.vector.agnostic import code_of
from rvx.isa.vector.plan import Access, plan_of
from rvx.isa.vector.state import STATE as VECTOR

_ELSEWHERE = (VECTOR, "fcsr", "reservation")
"""States that are no words of their own: they are noted as registers and CSRs, or nobody's."""
_PARTS = {0x003: (0x001, 0x002), 0x00F: (0x009, 0x00A)}
"""CSRs that are made of others, and are noted as those: fcsr and vcsr."""
_FIELDS = {0x001: (0, 31), 0x002: (5, 7), 0x009: (0, 1), 0x00A: (1, 3), 0x800: (8, 3)}
_FCSR, _FMODE, _USUAL = 0x003, 0x800, 8
"""fcsr has fmode above its usual bits where there are smallfloat formats."""


class EffectsTable:
    """Makes the effects of words, and names what they write.

    Args:
        isa: what words mean.
        context: where states are.
        core: where x0 is, if that is known.
        is_recorded: whether instructions of a word are to be noted.

    Attributes:
        names: of register files' registers and of states, by the number in keys of kind `OWN`.
    """

    def __init__(
        self,
        isa: Isa,
        context: Context,
        core: Core,
        is_recorded: Callable[[Decoded], bool],
    ) -> None:
        self._isa, self._context, self._core = isa, context, core
        self._is_recorded = is_recorded
        self._kept: list[NDArray[np.int64]] = []
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        for file in isa.register_files.values():
            if not (file.is_core or file.is_vector):
                for name in file.abi:
                    self._name(name)
        for name in isa.states:
            self._name(name)
        self._float_bits = 64 if "D" in isa.extensions else 32

    def _name(self, name: str) -> None:
        self._numbers[name] = len(self.names)
        self.names.append(name)

    def key_of(self, name: str) -> int:
        """The key of a register of an extension, or of a state."""
        return self._numbers[name] << 4 | Kind.OWN

    def address(self, decoded: Decoded, row: NDArray[np.int64], layout: Layout) -> int:
        """Host address of the effects of a word.

        Args:
            decoded: the word.
            row: its row, filled.
            layout: of its instruction.
        """
        made = decoded.instruction
        requests = form_of(made, self._isa).requests
        registers, every = self._registers(decoded, row, layout)
        states: list[tuple[int, ...]] = []
        for name in requests:
            if name in self._isa.states and name not in _ELSEWHERE:
                key = self._numbers[name] << 4 | Kind.OWN
                at = self._context.address(self._context.offsets[name])
                states.append((key, at, self._isa.states[name].words))
        csrs = self._csrs(decoded) if "csr_word" in requests and is_write(decoded) else []
        header = [0] * Effects.END
        header[Effects.IS_LEFT_OUT] = not self._is_recorded(decoded)
        header[Effects.REGISTERS] = len(registers)
        header[Effects.STATES] = len(states)
        header[Effects.CSRS] = len(csrs)
        header[Effects.EVERY_X] = every
        header[Effects.VECTOR] = ("v" in requests) | code_of(decoded) << 1
        header[Effects.IS_SETTING] = made.mnemonic.startswith("vset")
        header[Effects.WHOLE] = _whole(decoded)
        parts = [*registers, *states, *csrs]
        words = np.array([*header, *(word for part in parts for word in part)], np.int64)
        self._kept.append(words)
        return int(words.ctypes.data)

    def _registers(
        self, decoded: Decoded, row: NDArray[np.int64], layout: Layout
    ) -> tuple[list[tuple[int, ...]], int]:
        """Key, address and bits of every register that is written; and x0, if any x may be."""
        found: list[tuple[int, ...]] = []
        for one in layout.destinations:
            kind = one.kind
            if one.operand == X_REGISTERS:
                size = self._isa.xlen // 8
                return found, int(row[one.first]) - size if self._core.pointers else 0
            for i, number in enumerate(kind.members(decoded.values[one.operand])):
                address = int(row[one.first + i])
                if kind.file.name == "x":
                    if number:
                        found.append((number << 4 | Kind.X, address, self._isa.xlen))
                elif kind.file.name == "f":
                    found.append((number << 4 | Kind.F, address, self._float_bits))
                else:
                    key = self._numbers[kind.file.abi[number]] << 4 | Kind.OWN
                    found.append((key, address, kind.file.bits))
        return found, 0

    def _csrs(self, decoded: Decoded) -> list[tuple[int, ...]]:
        """Key, address of the word, lowest bit and mask of what a CSR instruction writes."""
        csr = owned_csr(self._isa, decoded)
        at = self._context.address(self._context.offsets[csr.state]) + 8 * csr.word
        parts = _PARTS.get(csr.address, ())
        if csr.address == _FCSR and csr.bits > _USUAL:
            parts = (*parts, _FMODE)
        if not parts:
            return [(csr.address << 4 | Kind.CSR, at, csr.lsb, _mask(csr, self._isa))]
        return [(part << 4 | Kind.CSR, at, *_FIELDS[part]) for part in parts]


def _mask(csr: Csr, isa: Isa) -> int:
    mask = csr_mask(csr, isa) & (1 << 64) - 1
    return mask - (1 << 64) if mask >> 63 else mask


def _whole(decoded: Decoded) -> int:
    """The registers that are written whatever vtype says: the first, and how many from bit 5 on."""
    made, values = decoded.instruction, decoded.values
    plan = plan_of(made.body)
    if isinstance(plan, Access):
        is_load = plan.pattern == "whole" and not plan.is_store
        return values["vd"] | plan.fields << 5 if is_load else 0
    if made.mnemonic.startswith("vmv") and made.mnemonic.endswith("r.v"):
        return values["vd"] | int(made.mnemonic[3]) << 5
    return 0
