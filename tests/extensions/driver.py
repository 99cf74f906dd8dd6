"""A guest that performs an instruction on whole arrays of operands, one loop per mnemonic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.isa import Isa

Words = npt.NDArray[np.int64]
OPERANDS = {"rd": "t0", "rs1": "t1", "rs2": "t2", "rs3": "t3"}

LOOP = """
        .globl  {label}
{label}:
        ld      t0, 0(a2)
        ld      t1, 0(a3)
        ld      t2, 0(a4)
        ld      t3, 0(a5)
        {mnemonic} {operands}
        sd      t0, 0(a1)
        addi    a1, a1, 8
        addi    a2, a2, 8
        addi    a3, a3, 8
        addi    a4, a4, 8
        addi    a5, a5, 8
        addi    a0, a0, -1
        bnez    a0, {label}
        ret
"""


def label(mnemonic: str) -> str:
    return "run_" + mnemonic.replace(".", "_")


class Driver:
    """Runs x-register instructions over arrays.

    Args:
        isa: has the instructions.
        mnemonics: what to make loops for.
        most: the longest array.
        options: of the machine, such as `backend`.
    """

    def __init__(self, isa: Isa, mnemonics: Sequence[str], most: int, **options: Any) -> None:
        source = ".option norvc\n.text\n"
        for mnemonic in mnemonics:
            names = isa.instructions[mnemonic].operands
            operands = ", ".join(OPERANDS[name] for name in names)
            source += LOOP.format(label=label(mnemonic), mnemonic=mnemonic, operands=operands)
        program = assemble(source, isa)
        self.most = most
        self.machine = Machine(program, isa, memory=5 * 8 * most + (1 << 20), **options)
        self.arrays = [self.machine.allocate(8 * most) for _ in range(5)]

    def run(self, mnemonic: str, operands: Sequence[Words]) -> Words:
        """The value of rd after the instruction, for each rd, rs1, rs2 and rs3 before it."""
        count = operands[0].size
        assert 0 < count <= self.most
        for address, values in zip(self.arrays[1:], operands, strict=True):
            self.machine.array(address, np.int64, count)[:] = values
        result = self.machine.call(label(mnemonic), count, *self.arrays)
        assert result.trap is None, result.trap
        assert result.by_mnemonic[mnemonic] == count
        return self.machine.array(self.arrays[0], np.int64, count).copy()
