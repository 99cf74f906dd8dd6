"""A guest that performs Xposit instructions on arrays of operands, and operands that are hard."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.formats.posit import Posit, exact
from rvx.isa import Isa

WORD = (1 << 64) - 1

LOOP = """
{label}:
        ld      t1, 0(a2)
        ld      t2, 0(a3)
        pmv.w.x pt1, t1
        pmv.w.x pt2, t2
        {statement}
        {result}
        sd      t0, 0(a1)
        addi    a1, a1, 8
        addi    a2, a2, 8
        addi    a3, a3, 8
        addi    a0, a0, -1
        bnez    a0, {label}
        ret
"""

# Every step of the quire is one operation, chosen by a number, and a qround.
QUIRE = """
quire:
        ld      t0, 0(a2)
        ld      t1, 0(a3)
        ld      t2, 0(a4)
        pmv.w.x pt1, t1
        pmv.w.x pt2, t2
        beqz    t0, clear
        addi    t0, t0, -1
        beqz    t0, negate
        addi    t0, t0, -1
        beqz    t0, subtract
        qmadd.s pt1, pt2
        j       round
clear:  qclr.s
        j       round
negate: qneg.s
        j       round
subtract:
        qmsub.s pt1, pt2
round:  qround.s pt0
        pmv.x.w t0, pt0
        sd      t0, 0(a1)
        addi    a1, a1, 8
        addi    a2, a2, 8
        addi    a3, a3, 8
        addi    a4, a4, 8
        addi    a0, a0, -1
        bnez    a0, quire
        ret
"""
CLEAR, NEGATE, SUBTRACT, ADD = range(4)


def label(mnemonic: str) -> str:
    return "run_" + mnemonic.replace(".", "_")


class PositDriver:
    """Runs the instructions of one Xposit extension.

    Args:
        name: of the extension, or an ISA that has one.
        mnemonics: what to make loops for; empty makes the one of the quire.
        backend: of the machine.
        most: the longest array.
    """

    def __init__(self, name: str | Isa, mnemonics: Sequence[str], backend: str, most: int) -> None:
        isa = isa_for(f"rv64gc_{name}") if isinstance(name, str) else name
        source = ".option norvc\n.text\n" + ("" if mnemonics else QUIRE)
        for mnemonic in mnemonics:
            written, has_posit_result = [], False
            for operand, slot in isa.instructions[mnemonic].operands.items():
                is_posit = slot.kind.file.name == "p"
                has_posit_result |= operand == "rd" and is_posit
                written.append(
                    ("p" if is_posit else "") + {"rd": "t0"}.get(operand, f"t{operand[2:]}")
                )
            source += LOOP.format(
                label=label(mnemonic),
                statement=f"{mnemonic} {', '.join(written)}",
                result="pmv.x.w t0, pt0" if has_posit_result else "",
            )
        self.machine = Machine(
            assemble(source, isa), isa, memory=32 * most + (1 << 20), backend=backend
        )
        self.arrays = [self.machine.allocate(8 * most) for _ in range(4)]

    def run(self, mnemonic: str, *operands: Iterable[int]) -> list[int]:
        """What t0 holds after the instruction, as an unsigned word, for each pair of operands."""
        return self._call(label(mnemonic), operands)

    def run_quire(self, *operands: Iterable[int]) -> list[int]:
        """The rounded quire after each step of numbers of operations and two operands."""
        return self._call("quire", operands)

    def _call(self, symbol: str, operands: Sequence[Iterable[int]]) -> list[int]:
        columns = [np.array(list(values), np.uint64).view(np.int64) for values in operands]
        count = columns[0].size
        for address, values in zip(self.arrays[1:], columns, strict=False):
            self.machine.array(address, np.int64, count)[:] = values
        result = self.machine.call(symbol, count, *self.arrays)
        assert result.trap is None, result.trap
        return [int(x) for x in self.machine.array(self.arrays[0], np.uint64, count)]


def hard_posits(fmt: Posit, rng: random.Random, count: int) -> list[int]:
    """Patterns: zero, NaR, the ends, halves of integers, ends of regimes, and any bits."""
    fixed = [
        0,
        fmt.nar,
        fmt.one,
        fmt.minpos,
        fmt.maxpos,
        fmt.nar + 1,
        fmt.mask,
        -fmt.one & fmt.mask,
    ]
    halves = [exact.encode(Fraction(k, 2), fmt) for k in range(-9, 10)]
    powers = [
        (exact.encode(sign * Fraction(2) ** p, fmt) + step) & fmt.mask
        for p in (7, 8, 15, 31, 32, 63, 64)
        for sign in (1, -1)
        for step in (-1, 0, 1)
    ]
    made = [*fixed, *halves, *powers]
    while len(made) < count:
        edge = (1 << rng.randrange(fmt.n)) + rng.randrange(-3, 4)
        made += [rng.getrandbits(fmt.n), edge & fmt.mask, ~edge & fmt.mask]
    return made[:count]


def hard_words(rng: random.Random, count: int) -> list[int]:
    """Words of an x register: the ends of 32 and 64 bits, with rubbish above, and any bits."""
    ends = [0, 1, 1 << 31, (1 << 31) - 1, (1 << 32) - 1, 1 << 63, (1 << 63) - 1, WORD, WORD - 1]
    ends += [rng.getrandbits(32) << 32 | end & 0xFFFFFFFF for end in ends]
    while len(ends) < count:
        ends.append(rng.getrandbits(64) >> rng.randrange(64))
    return ends[:count]


def pairs(fmt: Posit, rng: random.Random, count: int) -> tuple[list[int], list[int]]:
    """Operands: every special one with every other, equal and opposite ones, and any two."""
    special = hard_posits(fmt, rng, 9)
    a = [x for x in special for _ in special]
    b = special * len(special)
    rest = hard_posits(fmt, rng, count)
    rng.shuffle(rest)
    for i, x in enumerate(rest):
        a.append(x)
        b.append((x, -x & fmt.mask, rest[i - 1], rest[i - 7])[i % 4])
    return a, b
