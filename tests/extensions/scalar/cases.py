"""Random cases for scalar instructions: words, and hard operands for what they read."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from rvx.isa import Instruction, Isa, Operand
from rvx.isa.operands import ImmediateKind, RegisterKind, RoundingKind

from .spike_lab import COUNT, FIRST, SCRATCH, SCRATCH_WORDS, Case

_WORDS = (0, 1, 2, 3, 31, 32, 33, 63, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF)
_WIDE = (2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 2**64 - 2)
_PATTERNS = (0x0123456789ABCDEF, 0x0080FF0100FF8001, 0xAAAAAAAAAAAAAAAA, 0x5555555555555555)
_MEMORY_KINDS = ("load", "store", "atomic")
_HARD = {
    16: (0, 1, 0x3FF, 0x400, 0x3800, 0x3C00, 0x3E00, 0x6400, 0x7BFF, 0x7C00, 0x7C01, 0x7E00),
    32: (
        *(0, 1, 0x7FFFFF, 0x800000, 0x3F000000, 0x3F800000, 0x3FC00000, 0x4B000000, 0x4B000001),
        *(0x4EFFFFFF, 0x4F000000, 0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FC00000),
    ),
    64: (
        *(0, 1, 0x3FE0000000000000, 0x3FF0000000000000, 0x3FF8000000000000, 0x4330000000000001),
        *(0x41DFFFFFFFC00000, 0x41E0000000000000, 0x43E0000000000000, 0x7FEFFFFFFFFFFFFF),
        *(0x7FF0000000000000, 0x7FF0000000000001, 0x7FF8000000000000),
    ),
}
_LETTERS = {"h": 16, "s": 32, "d": 64}


def _is_pair(operand: Operand) -> bool:
    return isinstance(operand.kind, RegisterKind) and operand.kind.group == 2


class Generator:
    """Makes cases.

    Args:
        isa: the instructions.
        seed: of the random numbers.
    """

    def __init__(self, isa: Isa, seed: int) -> None:
        self.isa = isa
        self.rng = random.Random(seed)

    def integer(self) -> int:
        """An operand, as the word of a register."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.3:
            value = rng.choice((*_WORDS, *_WIDE, *_PATTERNS))
            value = -value if rng.random() < 0.3 else value
        elif kind < 0.45:
            value = 1 << rng.randrange(64) ^ rng.choice((0, -1))
        elif kind < 0.6:
            value = rng.getrandbits(rng.randrange(1, 65))
        elif kind < 0.7:  # bytes of which some are 0
            value = rng.getrandbits(64) & int.from_bytes(rng.choices((0, 255), k=8), "little")
        else:
            value = rng.getrandbits(64)
        return value & (1 << 64) - 1

    def real(self, bits: int) -> int:
        """An f register with a number of a width: boxed, most of the time."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.5:
            code = rng.choice(_HARD[bits]) | rng.getrandbits(1) << bits - 1
        elif kind < 0.8:  # near integers, and halves between them
            number = rng.choice((1, -1)) * (rng.randrange(1 << rng.randrange(1, 34)) / 4)
            number = max(-65504.0, min(65504.0, number)) if bits == 16 else number
            packed = struct.pack({16: "<e", 32: "<f", 64: "<d"}[bits], number)
            code = int.from_bytes(packed, "little")
        else:
            code = rng.getrandbits(bits)
        above = (1 << 64) - (1 << bits)
        return code | (above if rng.random() < 0.92 else above & rng.getrandbits(64))

    def case(self, made: Instruction) -> Case:
        """A random word of an instruction, and a state that fits it."""
        rng = self.rng
        word = self._word(made)
        x = [self.integer() for _ in range(COUNT)]
        bits = [_LETTERS[part] for part in made.mnemonic.split(".") if part in _LETTERS] or [64]
        f = [self.real(rng.choice(bits)) for _ in range(COUNT)]
        if made.extension.endswith(("inx", "inxmin")):  # numbers are in x registers
            x = [self.real(rng.choice(bits)) if rng.random() < 0.8 else one for one in x]
            if self.isa.xlen == 32 and 64 in bits:  # The upper half is in the register behind.
                x[1::2] = [
                    low >> 32 if rng.random() < 0.8 else high
                    for low, high in zip(x[::2], x[1::2], strict=True)
                ]
        memory = [self.integer() for _ in range(SCRATCH_WORDS)]
        self._point(made, word, x, memory)
        fcsr = rng.randrange(5) << 5 | rng.choice((0, 0, 31, rng.getrandbits(5)))
        return Case(word, made.size, x, f, fcsr, memory)

    def cases(self, instructions: list[Instruction], each: int) -> Iterator[Case]:
        """So many cases of every instruction."""
        for made in instructions:
            for _ in range(each):
                yield self.case(made)

    def _word(self, made: Instruction) -> int:
        rng = self.rng
        values = {}
        for name, operand in made.operands.items():
            kind = operand.kind
            if isinstance(kind, RegisterKind):
                own = [n for n in kind.numbers if FIRST <= n < FIRST + COUNT]
                # Few registers, so that operands are the same at times.
                values[name] = rng.choice(own[2:6])
                if name == "rs1" and made.kind in _MEMORY_KINDS:
                    values[name] = own[0]
            elif isinstance(kind, RoundingKind):
                values[name] = rng.choice(kind.modes)
            elif isinstance(kind, ImmediateKind) and made.kind in _MEMORY_KINDS:
                low, high = operand.range
                step = 1 << operand.field.lsb
                values[name] = rng.randrange(max(low, -32), min(high, 31) + 1, step)
            else:
                low, high = operand.range
                values[name] = rng.randrange(low, high + 1, 1 << operand.field.lsb)
        return made.encode(values)

    def _point(self, made: Instruction, word: int, x: list[int], memory: list[int]) -> None:
        """Lets rs1 point into the scratch, and rd hold what is there at times."""
        decoded = self.isa.decode(word)
        assert decoded is not None
        expanded = decoded.expanded
        values, kind = expanded.values, expanded.instruction.kind
        takes_address = kind in _MEMORY_KINDS or made.mnemonic.startswith("cbo.")
        if not takes_address:
            return
        rng = self.rng
        is_pair = isinstance(rd := made.operands.get("rd"), Operand) and _is_pair(rd)
        align = 1 if kind != "atomic" else 16 if is_pair else 8
        at = rng.randrange(0, 48, align)
        base = values["rs1"] - FIRST
        x[base] = SCRATCH + at - values.get("imm", 0)
        if is_pair:  # what is there is what is compared, at times
            size = self.isa.xlen // 8
            for i in range(2 if rng.random() < 0.6 else 0):
                place = at + size * i
                x[values["rd"] - FIRST + i] = memory[place // 8] >> place % 8 * 8
        elif kind == "atomic":
            size = 1 << (expanded.instruction.pattern.match >> 12 & 7)
            at += rng.randrange(0, 8, min(size, 8))
            x[base] = SCRATCH + at
            if rng.random() < 0.5 and values["rd"] - FIRST != base:
                found = memory[at // 8] >> at % 8 * 8
                above = rng.getrandbits(64) << 8 * size
                x[values["rd"] - FIRST] = (found & (1 << 8 * size) - 1 | above) & (1 << 64) - 1
