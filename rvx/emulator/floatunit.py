"""Who performs the floating point of the base ISA: Unicorn's core, or the bodies of F and D.

Unicorn does not box single-precision results in NaNs and does not look at the boxes of operands.
That is of no consequence in a program in which nobody sees the upper half of a register that holds
a single. Other programs run with the core's floating-point unit switched off: every instruction of
F and D then traps, and is performed by its body like a custom one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.memory import GuestMemory
from rvx.isa import Isa

_OP_FP, _FUSED = 0x53, (0x43, 0x47, 0x4B, 0x4F)
_FSD = 0x3027
_PACKED = 0x33
_FLOAT_STATE = "fcsr"


def needs_bodies(isa: Isa, memory: GuestMemory) -> bool:
    """Whether the program may tell a boxed single from one that is not.

    It may if it computes singles and has instructions that see all of a register: stores and
    arithmetic of doubles, and packed or half-precision instructions. The words are looked at
    without decoding: data among them can only make the answer more careful.
    """
    if _FLOAT_STATE not in isa.states or "D" not in isa.extensions:
        return False
    words = _words(memory)
    opcode, form = words & 0x7F, words >> 25 & 3
    is_arithmetic = (opcode == _OP_FP) | np.isin(opcode, _FUSED)
    computes_singles = is_arithmetic & (form == 0)
    converts = (words & 0xFFF0007F) == 0x42000053  # fcvt.d.s takes its operand as it is
    sees_all = is_arithmetic & (form != 0) & ~converts
    sees_all |= (words & 0x707F) == _FSD
    sees_all |= (opcode == _PACKED) & (words >> 31 == 1)
    halves = words & 0xFFFF
    sees_all |= np.isin(halves & 0xE003, (0xA000, 0xA002))  # c.fsd and c.fsdsp
    writes_status = (words & 0xFFF0007F) == 0x30000073  # a program that switches the unit itself
    return bool(computes_singles.any() and sees_all.any() and not writes_status.any())


def _words(memory: GuestMemory) -> NDArray[np.uint32]:
    """The 32 bits at every even address of executable memory."""
    begin = memory.executable_begin - memory.base
    code = memory.ram[begin : memory.executable_end - memory.base]
    halves = code[: code.size & ~1].view(np.uint16).astype(np.uint32)
    if halves.size < 2:
        return np.zeros(0, np.uint32)
    words: NDArray[np.uint32] = halves[:-1] | halves[1:] << np.uint32(16)
    return words
