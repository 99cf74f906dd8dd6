"""Random programs with loops, for comparing the region tier with the tiers below."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from rvx.isa import Instruction, Isa
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind, RoundingKind

TEMPORARIES = ("a0", "a1", "a2", "a3", "a4", "a5", "a6", "t3", "t4", "t5")
DOUBLES = ("fa0", "fa1", "fa2", "fa3", "ft0", "ft1")
POSITS = ("pa0", "pa1", "pa2", "pt0")
_THREE = "add sub xor or and sll srl sra slt sltu mul mulh mulhu mulhsu".split()
_DIVISIONS = "div divu rem remu".split()
_THREE_64 = "addw subw sllw srlw sraw mulw divw remuw".split()
_IMMEDIATE = "addi xori ori andi slti sltiu".split()
_SHIFTS = ("slli", "srli", "srai")
_SHIFTS_64 = ("slliw", "srliw", "sraiw")
_FLOATS = "fadd fsub fmul fdiv fmin fmax fsgnj fsgnjn fsgnjx".split()
_FUSED = "fmadd fmsub fnmadd fnmsub".split()
_INTEGERS = {32: ("w", "wu"), 64: ("w", "wu", "l", "lu")}
_MOVES = {"d": ("fmv.d.x", "fmv.x.d"), "s": ("fmv.w.x", "fmv.x.w")}
_LOADS = (("lb", 1), ("lbu", 1), ("lh", 2), ("lhu", 2), ("lw", 4))
_LOADS_64 = (("lwu", 4), ("ld", 8))
_STORES = (("sb", 1), ("sh", 2), ("sw", 4))
_STORES_64 = (("sd", 8),)
_EVEN = ("a0", "a2", "a4", "t3")
_BRANCHES = "beq bne blt bge bltu bgeu".split()
_ATOMICS = "amoswap amoadd amoxor amoand amoor amomin amomax amominu amomaxu".split()
_PALETTE = 6
"""Different instructions of one program's extensions: each has to be compiled."""


def of_extensions(isa: Isa, names: frozenset[str]) -> list[Instruction]:
    """The instructions of some extensions that compute with registers and immediates alone."""
    return [
        made
        for made in isa.instructions.values()
        if made.extension in names
        and made.size == 4
        and made.body is not None
        and not {"mem", "next_pc", "csr_word", "fault", "repeat"} & set(made.requests)
        and all(_is_simple(operand) for operand in made.operands.values())
    ]


def _is_simple(operand: Operand) -> bool:
    kind = operand.kind
    if isinstance(kind, ImmediateKind):
        return not kind.is_target
    if isinstance(kind, RegisterKind):
        return not kind.has_words  # The writer has these with registers that it may use.
    return isinstance(kind, RoundingKind)


@dataclass
class Writer:
    """Writes one random program.

    Attributes:
        draw: the source of randomness.
        may_fault: whether a pointer may leave its buffer.
        isa: what it is written for.
        palette: instructions of extensions that it uses besides the ones listed above.
        precision: `d` or `s`: which floats it computes with. With `s` alone nobody sees boxes.
    """

    draw: random.Random
    may_fault: bool
    isa: Isa
    palette: list[Instruction] = field(default_factory=list)
    precision: str = "d"
    labels: int = 0

    def label(self) -> str:
        """A new label."""
        self.labels += 1
        return f".L{self.labels}"

    def register(self) -> str:
        """Some integer register that loops do not need."""
        return self.draw.choice(TEMPORARIES)

    def instruction(self) -> list[str]:
        """One random instruction, or a few that belong together."""
        draw = self.draw
        kind = draw.randrange(18 if self.palette else 14)
        rd, rs1, rs2 = self.register(), self.register(), self.register()
        if kind < 3:
            return [f"{draw.choice(_THREE)} {rd}, {rs1}, {rs2}"]
        if kind == 3:
            names = _DIVISIONS if self.isa.xlen == 32 else _DIVISIONS + _THREE_64
            return [f"{draw.choice(names)} {rd}, {rs1}, {rs2}"]
        if kind == 4:
            return [f"{draw.choice(_IMMEDIATE)} {rd}, {rs1}, {draw.randrange(-2048, 2048)}"]
        if kind == 5:
            name = draw.choice(_SHIFTS if self.isa.xlen == 32 else _SHIFTS + _SHIFTS_64)
            width = 32 if name in _SHIFTS_64 else self.isa.xlen
            return [f"{name} {rd}, {rs1}, {draw.randrange(width)}"]
        if kind in (6, 7):
            return self.access()
        if kind == 8:
            fd, f1, f2 = (draw.choice(DOUBLES) for _ in range(3))
            return [f"{draw.choice(_FLOATS)}.{self.precision} {fd}, {f1}, {f2}"]
        if kind == 9:
            fd, f1, f2, f3 = (draw.choice(DOUBLES) for _ in range(4))
            return [f"{draw.choice(_FUSED)}.{self.precision} {fd}, {f1}, {f2}, {f3}"]
        if kind == 10:
            return [self.between(rd, rs1)]
        if kind == 11:
            return self.custom()
        if kind == 12:
            return self.branch()
        if kind > 13:
            return [self.drawn(draw.choice(self.palette))]
        return [f"lui {rd}, {draw.randrange(1 << 20)}"]

    def between(self, rd: str, rs1: str) -> str:
        """A move or conversion between integers and floats, a comparison or a square root."""
        draw, letter = self.draw, self.precision
        f1, f2 = draw.choice(DOUBLES), draw.choice(DOUBLES)
        integer = draw.choice(_INTEGERS[self.isa.xlen])
        choices = [
            f"fsqrt.{letter} {f1}, {f2}",
            f"{draw.choice(('feq', 'flt', 'fle'))}.{letter} {rd}, {f1}, {f2}",
            f"fcvt.{letter}.{integer} {f1}, {rs1}",
            f"fcvt.{integer}.{letter} {rd}, {f1}, {draw.choice(('rtz', 'rtz', 'dyn', 'rup'))}",
        ]
        if letter == "s" or self.isa.xlen == 64:
            into, outof = _MOVES[letter]
            choices += [f"{into} {f1}, {rs1}", f"{outof} {rd}, {f1}"]
        return draw.choice(choices)

    def drawn(self, made: Instruction) -> str:
        """An instruction with random operands, as a word."""
        values = {name: self._operand(operand) for name, operand in made.operands.items()}
        return f".word {made.encode(values):#010x}  # {made.mnemonic}"

    def _operand(self, operand: Operand) -> int:
        kind = operand.kind
        if isinstance(kind, RegisterKind):
            names = {"x": TEMPORARIES, "f": DOUBLES, "p": POSITS}[kind.file.name]
            return self.isa.registers[self.draw.choice(names)][1]
        if isinstance(kind, RoundingKind):
            return self.draw.choice((7, 7, 7, 0, 1, 2, 3, 4))
        low, high = operand.range
        return self.draw.randrange(low, high + 1) & -1 << operand.field.lsb

    def access(self) -> list[str]:
        """A load or a store; at times with a pointer that leads astray."""
        draw = self.draw
        is_load = draw.random() < 0.6
        is_wide = self.isa.xlen == 64
        loads = _LOADS + _LOADS_64 if is_wide else _LOADS
        name, size = draw.choice(loads if is_load else _STORES + _STORES_64 * is_wide)
        offset = draw.randrange(0, 256, size)
        base = "s1"
        if draw.random() < 0.1:
            atomic = f"{draw.choice(_ATOMICS)}.{draw.choice('wd' if is_wide else 'w')}"
            return [f"{atomic} {self.register()}, {self.register()}, (s1)"]
        if draw.random() < 0.3:
            lines = [f"andi t6, {self.register()}, 0x3f8", "add t6, t6, s1"]
            base = "t6"
        else:
            lines = []
        if self.may_fault and draw.random() < 0.02:
            far = draw.choice((3, 20, self.isa.xlen // 2))
            lines = [f"slli t6, {self.register()}, {far}", "add t6, t6, s1"]
            base = "t6"
        if draw.random() < 0.1:
            return [*lines, f"exchange {self.register()}, s1, {base}"]
        return [*lines, f"{name} {self.register()}, {offset}({base})"]

    def custom(self) -> list[str]:
        """One custom instruction."""
        draw = self.draw
        p = [draw.choice(POSITS) for _ in range(3)]
        x = self.register()
        even = [draw.choice(_EVEN) for _ in range(3)]
        wide = [f"w{draw.randrange(4)}" for _ in range(2)]
        if draw.random() < 0.3:
            return [self.shape(x, even, wide)]
        return [
            draw.choice(
                (
                    f"mac {x}, {self.register()}, {self.register()}",
                    f"padd.s {p[0]}, {p[1]}, {p[2]}",
                    f"pmul.s {p[0]}, {p[1]}, {p[2]}",
                    f"pmv.w.x {p[0]}, {x}",
                    f"pmv.x.w {x}, {p[0]}",
                    f"qmadd.s {p[0]}, {p[1]}",
                    f"qround.s {p[0]}",
                    f"plw {p[0]}, {draw.randrange(0, 256, 4)}(s1)",
                    f"psw {p[0]}, {draw.randrange(0, 256, 4)}(s1)",
                    f"flagged {x}, {self.register()}",
                )
            )
        ]

    def shape(self, x: str, even: list[str], wide: list[str]) -> str:
        """A custom instruction with pairs, wide registers, or more than 32 bits."""
        draw = self.draw
        return draw.choice(
            (
                f"addpair {even[0]}, {even[1]}, {draw.choice((even[2], 'zero'))}",
                f"addpair zero, {even[1]}, {even[2]}",
                f"mixw {wide[0]}, {wide[1]}, {x}",
                f"foldw {x}, {wide[0]}",
                f"addlong {x}, {self.register()}, {draw.randrange(-(1 << 26), 1 << 26)}",
                f"xorlong {x}, {self.register()}, {draw.randrange(-(1 << 41), 1 << 41)}",
            )
        )

    def branch(self) -> list[str]:
        """A branch over a few instructions, or around one of two ways."""
        over = self.label()
        head = f"{self.draw.choice(_BRANCHES)} {self.register()}, {self.register()}, {over}"
        body = [line for _ in range(self.draw.randrange(1, 4)) for line in self.instruction()]
        if self.draw.random() < 0.3:
            end = self.label()
            other = [line for _ in range(2) for line in self.instruction()]
            return [head, *body, f"j {end}", f"{over}:", *other, f"{end}:"]
        return [head, *body, f"{over}:"]

    def loop(self, depth: int) -> list[str]:
        """A loop, in which there may be loops and calls."""
        counter = ("s2", "s3", "s4")[depth]
        head = self.label()
        lines = [f"li {counter}, {self.draw.randrange(2, (200, 30, 12)[depth])}", f"{head}:"]
        for _ in range(self.draw.randrange(1, 8)):
            if depth < 2 and self.draw.random() < 0.15:
                lines += self.loop(depth + 1)
            elif self.draw.random() < 0.08:
                lines.append(f"call leaf{self.draw.randrange(2)}")
            else:
                lines += self.instruction()
        return [*lines, f"addi {counter}, {counter}, -1", f"bnez {counter}, {head}"]

    def program(self) -> str:
        """The whole source: `main`, two leaf functions and a buffer."""
        wide = "w" if self.isa.xlen == 32 else "d"
        float_load = "flw" if self.precision == "s" else "fld"
        lines = [".text", ".globl main", "main:", "addi sp, sp, -16", f"s{wide} ra, 8(sp)"]
        lines.append("la s1, buffer")
        for register in TEMPORARIES:
            lines.append(f"li {register}, {self.draw.getrandbits(self.isa.xlen):#x}")
        for i, register in enumerate(DOUBLES):
            lines.append(f"{float_load} {register}, {8 * i}(s1)")
        for i, register in enumerate(POSITS):
            lines.append(f"plw {register}, {4 * i}(s1)")
        for _ in range(self.draw.randrange(1, 4)):
            lines.append(f"csrwi 0x800, {self.draw.choice((0, 0, 3, self.draw.randrange(4)))}")
            lines.append(f"fsrmi {self.draw.choice((0, 0, self.draw.randrange(5)))}")
            lines += self.loop(0)
        lines += [f"l{wide} ra, 8(sp)", "addi sp, sp, 16", "ret"]
        for i in range(2):
            body = [line for _ in range(self.draw.randrange(1, 5)) for line in self.instruction()]
            lines += [f"leaf{i}:", *body, "ret"]
        lines += [".data", ".balign 64", "buffer:"]
        for _ in range(192):
            value = self._datum()
            lines.append(f".dword {value:#x}")
        return "\n".join(lines) + "\n"

    def _datum(self) -> int:
        """A doubleword that means something in one format or another."""
        draw = self.draw
        kind = draw.randrange(8)
        if kind == 0:
            return 0x3FF0000000000000 + draw.getrandbits(50)
        if kind == 1:
            return 0x4000000000000000 + draw.getrandbits(52)
        if kind == 2:
            return draw.choice((0, 0x7FF0000000000000, 0x7FF8000000000000))
        if kind == 3:  # halves about 1
            return sum(
                (0x3000 + draw.getrandbits(13) | draw.getrandbits(1) << 15) << 16 * i
                for i in range(4)
            )
        if kind == 4:  # FP8 about 1
            return sum(
                (0x30 + draw.getrandbits(4) | draw.getrandbits(1) << 7) << 8 * i for i in range(8)
            )
        if kind == 5:  # singles about 1, or one in its box
            high = draw.choice((0xFFFFFFFF, 0x3F000000 + draw.getrandbits(24)))
            return high << 32 | 0x3F000000 + draw.getrandbits(24)
        return draw.getrandbits(64)


def is_single(seed: int) -> bool:
    """Whether a program computes with singles alone, and has nobody who sees their boxes."""
    return seed % 5 == 4


def random_program(seed: int, isa: Isa) -> str:
    """The source of a program; every third one may fault.

    It uses a few instructions of one extension, or of two.
    """
    draw = random.Random(seed)
    names = sorted({made.extension for made in isa.instructions.values()} - {"I", "C", "Zicsr"})
    pool = of_extensions(isa, frozenset(draw.sample(names, draw.randrange(1, 3))))
    if is_single(seed):
        pool = [made for made in pool if "f" not in files_of(made)]
    palette = draw.sample(pool, min(len(pool), _PALETTE))
    return Writer(draw, seed % 3 == 0, isa, palette, "s" if is_single(seed) else "d").program()


def files_of(made: Instruction) -> set[str]:
    """The register files of an instruction's operands."""
    kinds = (operand.kind for operand in made.operands.values())
    return {kind.file.name for kind in kinds if isinstance(kind, RegisterKind)}
