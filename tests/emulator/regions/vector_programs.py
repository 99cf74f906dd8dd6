"""Random programs with vector loops, for comparing regions with the tiers below."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from rvx.isa import Instruction, Isa
from rvx.isa.bits import Word
from rvx.isa.operands import RegisterKind
from rvx.isa.vector.plan import Access, Arithmetic, plan_of

X = {"rd": 13, "rs1": 14, "rs2": 15}
"""a3, a4 and a5: what vector instructions read and write."""
F = 10
BYTES = 4096
_SEWS = (8, 16, 32, 64)
_CALLED = ("vmv.x.s", "vmv.s.x", "vid.v", "vmand.mm", "vfmv.f.s", "vslidedown.vi")
"""The instructions of regions' own calling that programs have: each takes a second to compile."""


@dataclass
class VectorWriter:
    """Writes one random program.

    Attributes:
        draw: the source of randomness.
        isa: what it is written for.
        may_fault: whether a pointer may lead out of what may be stored to, in the middle.
        sew: of the setting that is in force.
        lmul: binary logarithm of its LMUL.
    """

    draw: random.Random
    isa: Isa
    may_fault: bool
    lines: list[str] = field(default_factory=list)
    labels: int = 0
    sew: int = 8
    lmul: int = 0

    def label(self) -> str:
        """A new label."""
        self.labels += 1
        return f".V{self.labels}"

    def choose_setting(self) -> None:
        """Another SEW and LMUL, mostly such that VLMAX is at least one."""
        self.sew = self.draw.choice(_SEWS)
        low = {8: -3, 16: -2, 32: -1, 64: 0}[self.sew]
        self.lmul = self.draw.randrange(low, 4)

    @property
    def setting(self) -> str:
        """The setting, as it is written."""
        group = f"m{1 << self.lmul}" if self.lmul >= 0 else f"mf{1 << -self.lmul}"
        policy = self.draw.choice(("ta, ma", "tu, mu", "ta, mu", "tu, ma"))
        return f"e{self.sew}, {group}, {policy}"

    def instruction(self) -> list[str]:
        """One vector instruction, with what it needs before."""
        kind = self.draw.randrange(10)
        if kind < 3:
            return self.access()
        if kind == 3:
            return [self.encoded(self.isa.instructions[self.draw.choice(_CALLED)])]
        arithmetic = [
            made
            for made in self.isa.instructions.values()
            if made.extension in ("Zve32x", "Zve32f")
            and isinstance(plan := plan_of(made.body), Arithmetic)
            and self.sew in plan.loops
            and not made.mnemonic.startswith(("vdiv", "vrem"))
            and (not plan.has_floats or self.is_cheap(made))
        ]
        return [self.encoded(self.draw.choice(arithmetic))]

    def is_cheap(self, made: Instruction) -> bool:
        """Whether regions write a float instruction; to compile the body of another takes long."""
        from rvx.emulator.regions.lanes import expressions_of

        plan = plan_of(made.body)
        assert isinstance(plan, Arithmetic)
        return expressions_of(plan.loops[self.sew], plan.has_floats) is not None

    def encoded(self, made: Instruction) -> str:
        """An instruction with registers that mostly are legal, as a word."""
        word = 0
        for _ in range(20):
            word = made.encode({name: self._value(made, name) for name in made.operands})
            if self.is_legal(word) or self.draw.random() < 0.002:
                return f".word {word:#010x}  # {made.mnemonic}"
        return "nop"

    def is_legal(self, word: Word) -> bool:
        """Whether a word is legal under the setting."""
        from rvx.emulator.regions.flow import Step
        from rvx.emulator.regions.vectors import is_illegal

        decoded = self.isa.decode(word)
        assert decoded is not None
        return not is_illegal(Step(0, decoded, 4), self.isa, self.vtype)

    @property
    def vtype(self) -> int:
        """The setting, without policies."""
        return _SEWS.index(self.sew) << 3 | self.lmul & 7

    def _value(self, made: Instruction, name: str) -> int:
        operand = made.operands[name]
        if isinstance(operand.kind, RegisterKind):
            file = operand.kind.file
            if file.name == "x":
                return X[name]
            if file.name == "f":
                return F
            if len(operand.kind.numbers) == 1:
                return operand.kind.numbers[0]
            step = 1 << max(0, self.lmul + self.draw.choice((0, 0, 1)))
            return self.draw.randrange(32) & -min(step, 8)
        if name == "vm":
            return self.draw.choice((0, 1, 1))
        low, high = operand.range
        return self.draw.randrange(low, high + 1)

    def access(self) -> list[str]:
        """A load or a store, within the buffer or not."""
        draw = self.draw
        patterns = ("unit", "unit", "strided", "indexed", "mask", "whole")
        pattern = draw.choice(patterns)
        made = draw.choice(
            [
                one
                for one in self.isa.instructions.values()
                if isinstance(plan := plan_of(one.body), Access)
                and plan.pattern == pattern
                and plan.fields in (1, 1, 2, 3)
            ]
        )
        lines = [f"addi a4, s1, {draw.randrange(-64, 64)}"]
        if self.may_fault and draw.random() < 0.1:
            lines = [f"addi a4, s5, {draw.randrange(256)}"]
        elif draw.random() < 0.5:
            lines = ["andi a4, s6, 0x3f8", "add a4, a4, s1"]
        stride = draw.choice((0, 1, 4, 8, 16, draw.randrange(-24, 24)))
        lines.append(f"li a5, {stride}")
        plan = plan_of(made.body)
        assert isinstance(plan, Access)
        word = 0
        if pattern == "indexed":
            if plan.index_eew != self.sew or self.lmul > 1:
                return []
            lines.append("li a5, 248")
            lines.append("vand.vx v24, v24, a5")
            for _ in range(20):
                word = made.encode({**self._values(made), "vs2": 24})
                if self.is_legal(word):
                    return [*lines, f".word {word:#010x}  # {made.mnemonic}"]
            return []
        return [*lines, self.encoded(made)]

    def _values(self, made: Instruction) -> dict[str, int]:
        return {name: self._value(made, name) for name in made.operands}

    def body(self) -> list[str]:
        """A few instructions; at times the setting changes among them."""
        lines: list[str] = []
        before = self.sew, self.lmul
        for _ in range(self.draw.randrange(1, 6)):
            if self.draw.random() < 0.15:
                self.choose_setting()
                form = self.draw.choice(
                    ("vsetvli t1, a6, ", "vsetivli t1, 5, ", "vsetvli t1, x0, ")
                )
                lines.append(form + self.setting)
            lines += self.instruction()
        if (self.sew, self.lmul) != before:
            self.sew, self.lmul = before
            lines.append(f"vsetvli t1, a6, {self.setting}")
        return lines

    def loop(self) -> list[str]:
        """A loop: strip-mined, or with the setting in front of it."""
        draw, head = self.draw, self.label()
        self.choose_setting()
        if draw.random() < 0.5:
            lines = [f"li a7, {draw.randrange(0, 200)}", f"li s2, {draw.randrange(2, 12)}"]
            lines += [f"{head}:", f"vsetvli t0, a7, {self.setting}", *self.body()]
            return [
                *lines,
                "add s6, s6, t0",
                "sub a7, a7, t0",
                "addi s2, s2, -1",
                f"bnez s2, {head}",
            ]
        lines = [f"li a6, {draw.randrange(0, 60)}", f"vsetvli t1, a6, {self.setting}"]
        lines.append(f"li s2, {draw.randrange(2, 20)}")
        if draw.random() < 0.2:
            lines += ["mv a4, s1", "csrwi vstart, 1", f"vle{self.sew}.v v8, (a4)"]
        lines += [f"{head}:", *self.body(), "addi s6, s6, 8"]
        return [*lines, "addi s2, s2, -1", f"bnez s2, {head}"]

    def program(self) -> str:
        """The whole source."""
        draw = self.draw
        wide = "w" if self.isa.xlen == 32 else "d"
        lines = [".text", ".globl main", "main:", "addi sp, sp, -16", f"s{wide} ra, 8(sp)"]
        lines += ["la s1, middle", "la s5, edge", "li s6, 0", "li a6, 7", "li a3, 3", "li a5, 8"]
        lines += ["fld fa0, 0(s1)"]
        for group in (0, 8, 16, 24):
            lines += [f"addi a4, s1, {64 * draw.randrange(8)}", f"vl8re8.v v{group}, (a4)"]
        body = self.function()
        for _ in range(draw.randrange(1, 3)):
            lines += [f"fsrmi {draw.choice((0, 0, 0, draw.randrange(5)))}"]
            lines += [f"csrwi vcsr, {draw.randrange(8)}", *self.loop()]
            if draw.random() < 0.5:
                self.choose_setting()
                lines += [f"vsetivli t1, {draw.randrange(32)}, {self.setting}", "call shared"]
        lines += [f"l{wide} ra, 8(sp)", "addi sp, sp, 16", "ret", *body]
        words = ", ".join(str(draw.getrandbits(32)) for _ in range(BYTES // 4))
        return (
            "\n".join(lines)
            + f"\n.data\n.balign 4096\nedge: .word {words}\nmiddle: .word {words}\n"
        )

    def function(self) -> list[str]:
        """A loop that runs under the settings of its callers; all of it is legal under any."""
        self.sew, self.lmul = 8, 0
        head = self.label()
        moves = ["vadd.vv v8, v16, v24", "vle8.v v16, (s1)", "vsra.vi v24, v8, 3"]
        moves += ["vmul.vx v16, v8, a3", "vse8.v v8, (s1)", "vxor.vv v8, v16, v24, v0.t"]
        chosen = [self.draw.choice(moves) for _ in range(3)]
        return [
            "shared:",
            "li s2, 6",
            f"{head}:",
            *chosen,
            "addi s2, s2, -1",
            f"bnez s2, {head}",
            "ret",
        ]


def random_vector_program(seed: int, isa: Isa) -> str:
    """The source of a program; every third one may fault."""
    return VectorWriter(random.Random(seed), isa, seed % 3 == 0).program()
