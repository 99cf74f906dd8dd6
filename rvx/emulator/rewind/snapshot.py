"""A moment of a machine, to which it can be put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rvx.emulator.blocks import Blocks
from rvx.emulator.context import Context, Field
from rvx.emulator.core import F0, FFLAGS, FRM, MSTATUS, X0, Core
from rvx.emulator.counts import BlockCounter
from rvx.emulator.hart import Hart
from rvx.emulator.machine import Machine
from rvx.emulator.memory import GuestMemory
from rvx.emulator.rewind.image import Image
from rvx.emulator.rewind.memento import Memento
from rvx.emulator.system import Output
from rvx.isa import Isa

_REGISTERS = (*range(X0 + 1, X0 + 32), *range(F0, F0 + 32), FFLAGS, FRM, MSTATUS)
_FIELDS = np.array(
    [
        *range(Field.REPEAT, Field.REPEAT + 4),
        *range(Field.POSITION, Field.POSITION + 17),
        *range(Field.MIRROR_X, Field.MIRROR_FRM + 1),
        Field.MIRROR_MSTATUS,
        Field.VECTOR_STATUS,
        Field.SUSPENDED,
        Field.COUNTERS,
        Field.FAULT,
        Field.CAUSE,
    ]
)
"""The words of the header that are the guest's; the others say where things are on the host."""
_LEFT_OUT = (Machine, Hart, Core, Context, GuestMemory, Isa, BlockCounter, Blocks, Output)


class Snapshot:
    """A machine at some count of instructions.

    Args:
        machine: it waits.
        count: instructions that were executed.
        before: another snapshot, with which it shares memory that is the same.
        beside: further objects whose state goes with it.

    Attributes:
        pc: where it goes on.
        is_fixed: whether somebody has changed the machine here, so that nothing leads to it.
    """

    def __init__(
        self, machine: Machine, count: int, before: Snapshot | None, beside: Sequence[Any]
    ) -> None:
        self.count = count
        self.pc = machine.pc
        self.is_fixed = False
        self.image: Image = Image(machine.memory, None if before is None else before.image)
        self._layout = machine.memory.layout()
        self._fields = machine.context.words[_FIELDS]
        self._states = machine.context.words[Field.END :].copy()
        self._registers = [machine.core.read(one) for one in _REGISTERS]
        self._memento = Memento([*machine.hart.rewound, *beside], _LEFT_OUT)

    def restore(self, machine: Machine) -> None:
        """Puts the machine back to this moment."""
        machine.memory.set_layout(self._layout)
        self.image.restore(machine.memory)
        words = machine.context.words
        words[_FIELDS] = self._fields
        words[Field.END :] = self._states
        words[Field.CARRIED] = self.count
        for register, value in zip(_REGISTERS, self._registers, strict=True):
            machine.core.write(register, value)
        self._memento.restore()
        machine.hart.rewind()
        machine.set_register("pc", self.pc)
