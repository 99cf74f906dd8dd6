"""Random cases of vector instructions: settings, register groups and operands with hard values."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rvx.isa import Instruction, Isa
from rvx.isa.operands import RegisterKind

from .spike_lab import FD, FS1, LOW_BYTES, RAM, RD, RS1, RS2, Case

HARD = {
    8: [0, 1, 0x7F, 0x80, 0xFF, 0xFE, 0x40],
    16: [
        0,
        1,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x3C00,
        0xBC00,
        0x7C00,
        0xFC00,
        0x7E00,
        0x7D00,
        0xFE01,
        0x0001,
        0x03FF,
        0x0400,
        0x7BFF,
        0xFBFF,
        0x8001,
    ],
    32: [
        0,
        1,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFFFFF,
        0x3F800000,
        0xBF800000,
        0x7F800000,
        0xFF800000,
        0x7FC00000,
        0x7FA00000,
        0x00000001,
        0x007FFFFF,
        0x00800000,
        0x7F7FFFFF,
        0x477FE000,
        0x33800000,
        0x38800000,
    ],
    64: [
        0,
        1,
        0x7FFFFFFFFFFFFFFF,
        0x8000000000000000,
        0xFFFFFFFFFFFFFFFF,
        0x3FF0000000000000,
        0xBFF0000000000000,
        0x7FF0000000000000,
        0xFFF0000000000000,
        0x7FF8000000000000,
        0x7FF4000000000000,
        0x0000000000000001,
        0x000FFFFFFFFFFFFF,
        0x0010000000000000,
        0x7FEFFFFFFFFFFFFF,
        0x47EFFFFFE0000000,
        0x36A0000000000000,
        0x3810000000000000,
    ],
}


GROUPED = frozenset({"Zvkned", "Zvknha", "Zvknhb", "Zvkg", "Zvksed", "Zvksh"})
"""Extensions whose instructions work on groups of elements."""


class Generator:
    """Makes cases for one ISA from a seed."""

    def __init__(self, isa: Isa, seed: int) -> None:
        self.isa = isa
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        assert isa.vector is not None
        self.vlen = isa.vector.vlen

    def low_memory(self) -> NDArray[np.uint8]:
        return self.numbers.integers(0, 256, LOW_BYTES, np.uint8)

    def registers(self) -> NDArray[np.uint8]:
        """All registers: random bits, with hard values of one width strewn in."""
        found = self.numbers.integers(0, 256, 4 * self.vlen, np.uint8)
        eew = self.random.choice((8, 16, 32, 64))
        lanes = found.view(f"u{eew // 8}")
        share = self.random.choice((0.1, 0.5, 0.9))
        where = self.numbers.random(lanes.size) < share
        hard = np.array(HARD[eew], lanes.dtype)
        lanes[where] = self.numbers.choice(hard, int(where.sum()))
        if self.random.random() < 0.3:  # numbers near each other, whose sums cancel
            lanes[:] ^= self.numbers.integers(0, 4, lanes.size).astype(lanes.dtype)
        return found

    def scalar(self) -> int:
        kind = self.random.randrange(3)
        if kind == 0:
            return self.random.choice(HARD[self.random.choice((8, 16, 32, 64))])
        if kind == 1:
            return self.random.randrange(-40, 40) & (1 << 64) - 1
        return self.random.getrandbits(64)

    def float_scalar(self) -> int:
        width = self.random.choice((16, 32, 64))
        code = self.random.choice([*HARD[width], self.random.getrandbits(width)])
        boxed = ((1 << 64) - 1) >> width << width
        return code | (boxed if self.random.random() < 0.9 else 0)

    def cases(self, per_instruction: int) -> list[Case]:
        """So many cases of every vector instruction, in random order."""
        found = self.isa.instructions
        made = [found[name] for name in sorted(found) if found[name].extension.startswith("Zv")]
        made *= per_instruction
        self.random.shuffle(made)
        return [self.case(one) for one in made]

    def case(self, made: Instruction) -> Case:
        """A case of an instruction; most are legal."""
        pick = self.random
        is_memory = made.kind in ("load", "store")
        sew, lmul = pick.randrange(4), pick.choice((0, 1, 2, 3, 5, 6, 7))
        vtype = pick.randrange(4) << 6 | sew << 3 | lmul
        if pick.random() < 0.02:
            vtype = pick.getrandbits(9)
        log = lmul if lmul < 4 else lmul - 8
        most = max(1, int(self.vlen // (8 << sew) * 2.0**log))
        avl = self._length(most)
        if made.extension in GROUPED and pick.random() < 0.9:
            # Groups of elements: whole ones of 32 or 64 bits, in enough registers.
            sew, log = pick.choice((2, 2, 3)), pick.choice((1, 2, 3))
            vtype = pick.randrange(4) << 6 | sew << 3 | log
            most = (self.vlen >> 3 + sew) << log
            avl = pick.choice((0, most, pick.randrange(0, most + 1, 8)))
        if is_memory:
            avl = min(avl, 32)
        vstart = self._first(min(avl, most))
        values = {}
        for name, operand in made.operands.items():
            kind = operand.kind
            if isinstance(kind, RegisterKind):
                values[name] = self._register(name, kind, max(0, log))
            else:
                low, high = operand.range
                values[name] = pick.randrange(low, high + 1)
        if made.mnemonic.startswith("vset"):
            if "vtype" in values and pick.random() < 0.8:
                values["vtype"] = pick.randrange(256)
            for name in ("rs1", "rd"):
                if name in values and pick.random() < 0.3:
                    values[name] = 0
        registers = self.registers()
        x = (self.scalar(), self.scalar(), self.scalar())
        if made.mnemonic.startswith("vset"):
            x = (
                pick.choice((self.scalar(), pick.randrange(200))),
                pick.choice((pick.randrange(256), self.scalar())),
                x[2],
            )
        if is_memory:
            base = RAM + LOW_BYTES // 2 + pick.randrange(64)
            if pick.random() < 0.15:
                base = RAM + pick.randrange(16)
            x = (base, pick.randrange(-64, 64) & (1 << 64) - 1, x[2])
            if "vs2" in values:
                self._small_indices(made, registers)
        return Case(
            made.encode(values),
            vtype,
            avl,
            vstart,
            pick.randrange(8),
            pick.randrange(6 if pick.random() < 0.1 else 5) << 5 | pick.choice((0, 0, 31)),
            x,
            (self.float_scalar(), self.float_scalar()),
            registers,
        )

    def again(self, case: Case) -> Case:
        """The same word under the same vtype: another state for the rest."""
        decoded = self.isa.decode(case.word)
        assert decoded is not None
        made = decoded.instruction
        sew, lmul = 3 + (case.vtype >> 3 & 7), ((case.vtype & 7) ^ 4) - 4
        most = max(1, int(self.vlen * 2.0 ** (lmul - sew)))
        avl = self._length(most)
        if made.extension in GROUPED:
            avl &= -8
        if made.kind in ("load", "store"):
            avl = min(avl, 32)
        vstart = self._first(min(avl, most))
        return replace(self.case(made), word=case.word, vtype=case.vtype, avl=avl, vstart=vstart)

    def _length(self, most: int) -> int:
        pick = self.random
        return pick.choice((0, 1, most, most, pick.randrange(most + 1), pick.randrange(2 * most)))

    def _first(self, vl: int) -> int:
        """vstart, which is 0 mostly."""
        return self.random.randrange(max(1, vl)) if self.random.random() < 0.1 else 0

    def _register(self, name: str, kind: RegisterKind, log: int) -> int:
        if kind.file.name == "x":
            return {"rd": RD, "rs1": RS1, "rs2": RS2}[name]
        if kind.file.name == "f":
            return {"rd": FD, "rs1": FS1}[name]
        if len(kind.numbers) == 1:
            return kind.numbers[0]
        number = self.random.randrange(32)
        if self.random.random() < 0.85:
            step = 1 << min(3, log + self.random.choice((0, 0, 1)))
            number = number // step * step
        return number

    def _small_indices(self, made: Instruction, registers: NDArray[np.uint8]) -> None:
        eew = next(e for e in (8, 16, 32, 64) if f"ei{e}." in made.mnemonic)
        lanes = registers.view(f"u{eew // 8}")
        lanes[:] %= 512 if eew > 8 else 255
