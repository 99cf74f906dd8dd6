"""Xfrep: Snitch's repetition of floating-point instructions, without a branch and without a fetch.

`frep.o rs1, n, stagger_max, stagger_mask` repeats the next n instructions rs1 + 1 times as a block.
They may name no integer register but the base of a load or store, whose address is that of the
first time. In every iteration a counter that runs from 0 to stagger_max is added to the register
fields that the mask names (bit 0 rd, 1 rs1, 2 rs2, 3 rs3). A frep.o may stand within the block of
another, and its block counts once there, up to eight deep (the sequencer's parameter NestDepth);
one may not stand beside another in a block, and only the innermost one may stagger.

In assembly n is the number of instructions, as snitch-llvm writes it; the field holds one less, and
`frep.o.raw` takes the field. Older cores had frep.i, which repeats each instruction by itself; its
encoding is kept, without semantics.
"""

from __future__ import annotations

from rvx.extensions.xposit import CORES, CUSTOM_0
from rvx.isa import Extension, Words, misuse, repeat

_POSITS = [name for name, core in CORES.items() if core.encoding is CUSTOM_0]

Xfrep = Extension(
    "Xfrep",
    version="snitch-2fa38482",
    doc="Repetition of floating-point instructions by a sequencer, with staggered registers",
    source="pulp-platform/snitch_cluster 2fa38482, hw/snitch_cluster/src/snitch_sequencer.sv; "
    "snitch-llvm RISCVInstrInfoXfrep.td; Zaruba et al., IEEE TC 70(11), 2021",
    requires=("D",),
    conflicts=dict.fromkeys(_POSITS, "both use all of opcode 0x0b (custom-0)"),
)


def _begin(rs1: int, count: int, most: int, mask: int, words: Words, fault: Words) -> None:
    if count > repeat.MOST_INSTRUCTIONS:
        misuse.refuse(fault, misuse.TOO_MANY, 0, count)
    elif rs1 < 0 or rs1 >= repeat.MOST_ITERATIONS:
        misuse.refuse(fault, misuse.ITERATIONS, 0, rs1)
    else:
        words[repeat.ITERATIONS] = rs1 + 1
        words[repeat.INSTRUCTIONS] = count
        words[repeat.STAGGER_MAX] = most
        words[repeat.STAGGER_MASK] = mask


_TAIL = "rs1 stagger_max[2:0] stagger_mask[3:0] {} 0001011"
_STAGGER = "stagger_max:u, stagger_mask:u"


@Xfrep.instruction(
    f"frep.o rs1, n:count, {_STAGGER}",
    f"n[11:0] {_TAIL.format(1)}",
    overlaps=("frep.o.raw",),
)
def frep_o(
    rs1: int, n: int, stagger_max: int, stagger_mask: int, repeat: Words, fault: Words
) -> None:
    """Performs the next n instructions rs1 + 1 times as a block; n is at most 32."""
    _begin(rs1, n, stagger_max, stagger_mask, repeat, fault)


@Xfrep.instruction(
    f"frep.o.raw rs1, field:u, {_STAGGER}",
    f"field[11:0] {_TAIL.format(1)}",
    overlaps=("frep.o",),
)
def frep_o_raw(
    rs1: int, field: int, stagger_max: int, stagger_mask: int, repeat: Words, fault: Words
) -> None:
    """frep.o, with the number of instructions less one, as some assemblers write it."""
    _begin(rs1, field + 1, stagger_max, stagger_mask, repeat, fault)


Xfrep.encoding(
    f"frep.i rs1, n:count, {_STAGGER}",
    f"n[11:0] {_TAIL.format(0)}",
    doc="Performs each of the next n instructions rs1 + 1 times (older cores); encoding only.",
)
