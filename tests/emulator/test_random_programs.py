"""Random programs end alike in every mode, and as stepping through their bodies says.

`python -m pytest tests/emulator/test_random_programs.py -m long` runs for an hour; set
RVX_FUZZ_SECONDS for another time, RVX_FUZZ_SEED to repeat the program of a failure.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest

WORK = "a0 a1 a2 a3 a4 a5 t0 t1 t2 s5 s6 s7".split()
COMPRESSIBLE = "a0 a1 a2 a3 a4 a5".split()
LOADS = {32: "lb lh lw lbu lhu", 64: "lb lh lw ld lbu lhu lwu"}
STORES = {32: "sb sh sw", 64: "sb sh sw sd"}
BINARY = "add sub xor or and sll srl sra slt sltu mul mulh mulhu mulhsu div divu rem remu"
WIDE_BINARY = "addw subw sllw srlw sraw mulw divw remuw"
POSITS = "padd.s psub.s pmul.s pdiv.s pmin.s pmax.s psgnj.s psgnjn.s"
DATA_BYTES = 512


class Writer:
    """Writes one random program.

    x9 points into the data, x18 to x20 count loops, x2 is the stack: all else is free to change.
    """

    def __init__(self, draw: random.Random, xlen: int) -> None:
        self.draw = draw
        self.xlen = xlen
        self.lines: list[str] = []
        self.labels = 0
        self.may_fault = draw.random() < 0.3
        self.functions = draw.randrange(3)

    def text(self) -> str:
        """The source."""
        values = "\n".join(
            f"li {register}, {self._number()}" for register in WORK if self.draw.random() < 0.8
        )
        self._block(self.draw.randrange(3, 14), depth=0)
        self.lines.append("li a0, 0\nli a7, 93\necall")
        for number in range(self.functions):
            self.lines.append(f"function{number}:")
            self._block(self.draw.randrange(1, 6), depth=3)
            self.lines.append("ret")
        words = ", ".join(str(self.draw.getrandbits(32)) for _ in range(DATA_BYTES // 4))
        body = "\n".join(self.lines)
        section = '.section .rwx, "awx"\n' if self.draw.random() < 0.15 else ""
        return (
            f"{section}_start: la s1, middle\n{values}\n{body}\n"
            f".data\n.balign 16\n.word {words}\nmiddle: .word {words}\n"
        )

    def _number(self) -> int:
        kind = self.draw.randrange(4)
        if kind == 0:
            return self.draw.randrange(-8, 9)
        bits = self.draw.choice((8, 16, 31, 32, self.xlen))
        return self.draw.getrandbits(bits) - (1 << bits - 1)

    def _label(self) -> str:
        self.labels += 1
        return f"l{self.labels}"

    def _x(self) -> str:
        return self.draw.choice(WORK)

    def _at(self, size: int = 1) -> str:
        offset = self.draw.randrange(-DATA_BYTES + 16, DATA_BYTES - 16)
        return f"{offset & -size if self.draw.random() < 0.8 else offset}(s1)"

    def _block(self, length: int, depth: int) -> None:
        for _ in range(length):
            kind = self.draw.random()
            if kind < 0.12 and depth < 3:
                self._loop(depth)
            elif kind < 0.24:
                self._skip(depth)
            elif kind < 0.28 and depth < 3 and self.functions:
                # In a loop, so that it becomes hot; ra is free at this depth.
                self.lines.append(f"call function{self.draw.randrange(self.functions)}")
            elif kind < 0.30 and self.may_fault:
                self._fault()
            else:
                self.lines.append(self._statement())

    def _loop(self, depth: int) -> None:
        label, counter = self._label(), f"s{2 + depth}"
        turns = self.draw.choice((2, 3, 5, 9, 30)) if depth else self.draw.choice((3, 20, 90, 200))
        self.lines += [f"li {counter}, {turns}", f"{label}:"]
        self._block(self.draw.randrange(1, 6), depth + 1)
        self.lines += [f"addi {counter}, {counter}, -1", f"bnez {counter}, {label}"]

    def _skip(self, depth: int) -> None:
        label = self._label()
        condition = self.draw.choice(
            [
                f"todd {self._x()}, {label}",
                f"beqz {self._x()}, {label}",
                f"blt {self._x()}, {self._x()}, {label}",
                f"bgeu {self._x()}, {self._x()}, {label}",
                f"j {label}",
            ]
        )
        self.lines.append(condition)
        self._block(self.draw.randrange(1, 4), max(depth, 2))
        self.lines.append(f"{label}:")

    def _fault(self) -> None:
        """Something that ends the program, if a register says so."""
        label = self._label()
        self.lines.append(f"bnez {self._x()}, {label}")
        self.lines.append(
            self.draw.choice(
                [
                    "lw a0, 16(zero)",
                    "sw a0, 16(zero)",
                    "tld a1, 16(zero)",
                    "tst a1, 16(zero)",
                    "taccld zero",
                    "plw p1, 8(zero)",
                    "psw p1, 8(zero)",
                    ".word 0xfe00705b",
                    ".half 0",
                    "csrrw a0, 0x7c5, a1",
                    "li t0, 0x1000\njr t0",
                    "jr s1",
                ]
            )
        )
        self.lines.append(f"{label}:")

    def _statement(self) -> str:
        draw = self.draw
        makers = [
            (8, self._alu),
            (3, self._memory),
            (8, self._custom),
            (4, self._posit),
            (1, self._control),
            (1, self._float),
            (2, self._compressed),
            (0.3, self._write),
        ]
        maker = draw.choices([m for _, m in makers], [weight for weight, _ in makers])[0]
        return maker()

    def _alu(self) -> str:
        draw = self.draw
        kind = draw.randrange(4)
        if kind == 0:
            name = draw.choice("addi xori ori andi slti sltiu".split())
            return f"{name} {self._x()}, {self._x()}, {draw.randrange(-2048, 2048)}"
        if kind == 1:
            name = draw.choice("slli srli srai".split())
            return f"{name} {self._x()}, {self._x()}, {draw.randrange(self.xlen)}"
        names = BINARY + (" " + WIDE_BINARY if self.xlen == 64 else "")
        if kind == 2 and draw.random() < 0.2:
            return f"{draw.choice(('lui', 'auipc'))} {self._x()}, {draw.randrange(1 << 20)}"
        return f"{draw.choice(names.split())} {self._x()}, {self._x()}, {self._x()}"

    def _memory(self) -> str:
        if self.draw.random() < 0.5:
            return f"{self.draw.choice(LOADS[self.xlen].split())} {self._x()}, {self._at(8)}"
        return f"{self.draw.choice(STORES[self.xlen].split())} {self._x()}, {self._at(8)}"

    def _custom(self) -> str:
        draw, x = self.draw, self._x
        return draw.choice(
            [
                f"mac {x()}, {x()}, {x()}",
                f"mac zero, {x()}, {x()}",
                f"tld {x()}, {self._at(4)}",
                f"tst {x()}, {self._at(4)}",
                f"tflag {x()}, {x()}",
                f"vadd k{draw.randrange(4)}, k{draw.randrange(4)}, k{draw.randrange(4)}",
                f"vput k{draw.randrange(4)}, {x()}",
                f"vget {x()}, k{draw.randrange(4)}",
                f"tacc {x()}",
                f"tread {x()}",
                f"tpc {x()}",
                f"fmix f{draw.randrange(4)}, f{draw.randrange(4)}, f1, f{draw.randrange(4)}",
                f"five {x()}, {x()}, {x()}, {x()}, {x()}",
                f"tround {x()}, {x()}, {draw.choice('rne rtz rdn rup rmm dyn'.split())}",
            ]
        )

    def _posit(self) -> str:
        draw = self.draw
        p = [f"p{draw.randrange(5)}" for _ in range(3)]
        return draw.choice(
            [
                f"{draw.choice(POSITS.split())} {p[0]}, {p[1]}, {p[2]}",
                f"plw {p[0]}, {self._at(4)}",
                f"psw {p[0]}, {self._at(4)}",
                f"qmadd.s {p[0]}, {p[1]}",
                f"qmsub.s {p[0]}, {p[1]}",
                "qneg.s",
                "qclr.s",
                f"qround.s {p[0]}",
                f"psqrt.s {p[0]}, {p[1]}",
                f"plt.s {self._x()}, {p[0]}, {p[1]}",
                f"pcvt.s.w {p[0]}, {self._x()}",
                f"pcvt.w.s {self._x()}, {p[0]}",
                f"pmv.x.w {self._x()}, {p[0]}",
                f"pmv.w.x {p[0]}, {self._x()}",
            ]
        )

    def _control(self) -> str:
        draw = self.draw
        return draw.choice(
            [
                f"fsrmi {self._x()}, {draw.randrange(5)}",
                f"csrr {self._x()}, fflags",
                f"csrr {self._x()}, frm",
                f"csrw fflags, {self._x()}",
                f"csrrsi {self._x()}, fflags, {draw.randrange(32)}",
                f"csrrw {self._x()}, 0x7c0, {self._x()}",
                f"csrrci {self._x()}, 0x7c0, {draw.randrange(32)}",
                "fence.i",
            ]
        )

    def _float(self) -> str:
        draw = self.draw
        f = [f"f{draw.randrange(4)}" for _ in range(3)]
        return draw.choice(
            [
                f"fld {f[0]}, {self._at(8)}",
                f"fsd {f[0]}, {self._at(8)}",
                f"fadd.d {f[0]}, {f[1]}, {f[2]}",
                f"fmul.d {f[0]}, {f[1]}, {f[2]}",
                f"fcvt.d.w {f[0]}, {self._x()}",
                f"fle.d {self._x()}, {f[0]}, {f[1]}",
            ]
        )

    def _compressed(self) -> str:
        draw = self.draw
        one, two = draw.choice(COMPRESSIBLE), draw.choice(COMPRESSIBLE)
        return draw.choice(
            [
                f"c.tinc {one}",
                f"c.addi {one}, {draw.choice((-32, -1, 1, 31))}",
                f"c.mv {one}, {two}",
                f"c.xor {one}, {two}",
                "c.nop",
            ]
        )

    def _write(self) -> str:
        """Shows some bytes; a0, a1, a2 and a7 are as good as any afterwards."""
        size = self.draw.choice(("0", "1", "7", "-1"))
        return f"li a0, 1\nmv a1, s1\nli a2, {size}\nli a7, 64\necall"


def _bits(values: Any, width: int) -> tuple[int, ...]:
    return tuple(int(value) & (1 << width) - 1 for value in values)


def check(lab: Any, stepper: Any, seed: int, modes: tuple[str, ...]) -> int:
    """Runs the program of a seed; gives how many instructions it has run."""
    draw = random.Random(seed)
    xlen = draw.choice((32, 64))
    source = Writer(draw, xlen).text()
    program = lab.elf(source, xlen)
    limit = draw.choice((None, None, draw.randrange(1, 200), draw.randrange(1, 4000)))
    reference = stepper(program, lab.isa(xlen))
    # What the machine puts on the stack beforehand is not the reference's business.
    reference.x[2] = lab.machine(program, modes[0], xlen).register("sp")
    most = 20_000
    reference.run(limit or most)
    is_endless = limit is None and reference.exit_code is None and reference.trap is None
    limit = most if is_endless else limit
    where = f"RVX_FUZZ_SEED={seed}, rv{xlen}, limit {limit}"
    first = None
    for mode in modes:
        end = lab.run(program, mode, xlen, limit)
        assert end.x == _bits(reference.x, xlen), f"{where}: x of {mode}\n{source}"
        assert end.f == _bits(reference.f, 64), f"{where}: f of {mode}\n{source}"
        assert dict(end.executions) == dict(sorted(reference.executions.items())), (
            f"{where}: counts of {mode}\n{source}"
        )
        assert (end.exit_code, end.fflags, end.frm) == (
            reference.exit_code,
            reference.fflags,
            reference.frm,
        ), f"{where}: {mode}\n{source}"
        assert end.memory == lab.loaded_bytes(reference.memory), f"{where}: {mode}\n{source}"
        assert end.output == reference.system.output.kept(), f"{where}: {mode}\n{source}"
        for name, words in reference.states.items():
            if name != "fcsr":
                assert end.states[name] == tuple(words.tolist()), f"{where}: {name} of {mode}"
        for name, file in reference.own.items():
            assert _bits(end.states[name], 64) == _bits(file, 64), f"{where}: {name} of {mode}"
        if reference.trap is not None:
            assert end.trap is not None, f"{where}: {mode}\n{source}"
            assert reference.trap in end.trap[0], f"{where}: {mode}\n{source}"
            assert end.trap[1] == reference.pc, f"{where}: {mode}\n{source}"
        first = first or end
        assert end == first, f"{where}: {mode} and {modes[0]} differ\n{source}"
    return sum(reference.executions.values())


ALL = ("eager", "region", "inline", "trap", "mirrored", "mirrored-trap", "witness", "python")


@pytest.mark.parametrize("part", range(4))
def test_random_programs(lab: Any, stepper: Any, part: int) -> None:
    modes = (*ALL[:1], *ALL[1 + part : 3 + part])
    for number in range(20):
        check(lab, stepper, 1000 * part + number, modes)


@pytest.mark.long
def test_random_programs_for_an_hour(lab: Any, stepper: Any) -> None:
    only = os.environ.get("RVX_FUZZ_SEED")
    if only is not None:
        check(lab, stepper, int(only), ALL)
        return
    end = time.monotonic() + float(os.environ.get("RVX_FUZZ_SECONDS", "3600"))
    seed = random.SystemRandom().randrange(1 << 40)
    programs = instructions = 0
    while time.monotonic() < end:
        instructions += check(lab, stepper, seed + programs, ALL)
        programs += 1
    print(f"{programs} programs from seed {seed}, {instructions} instructions each way")
