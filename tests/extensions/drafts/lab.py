"""One instruction of a draft on a machine that never runs: registers in, registers out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rvx.isa import Isa

from ..vector.spike_lab import Bodies, Case

Bytes = NDArray[np.uint8]


class Lab:
    """Performs words by their bodies.

    Args:
        isa: the instructions.
        is_compiled: whether bodies are compiled.
    """

    def __init__(self, isa: Isa, is_compiled: bool = False) -> None:
        assert isa.vector is not None
        self.isa, self.vlenb = isa, isa.vector.vlen // 8
        self._bodies = Bodies(isa, is_compiled, np.zeros(8192, np.uint8))

    def perform(
        self,
        mnemonic: str,
        operands: dict[str, int],
        registers: Bytes,
        vtype: int,
        avl: int = 1 << 20,
        mode: int = 0,
        x: int = 0,
    ) -> tuple[Bytes, int]:
        """Bytes of all registers afterwards, and the flags; -1 instead if it is illegal."""
        made = self.isa.instructions[mnemonic]
        mask = {"vm": 1} if "vm" in made.operands else {}
        word = made.encode({**mask, **operands})
        case = Case(word, vtype, avl, 0, 0, mode << 5, (x, 0, 0), (0, 0), registers)
        outcome = self._bodies.perform(case)
        flags = -1 if outcome.cause else outcome.fcsr & 31
        return np.frombuffer(outcome.registers, np.uint8), flags
