"""Random programs for a bare machine, which Spike's commit log and a trace are compared on."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.tracing.text import Formatter
from rvx.emulator.tracing.tracer import Tracing
from rvx.extensions import isa_for

ENTRY = 0x80000000
_X = [f"x{number}" for number in (1, 5, 6, 7, *range(10, 18), 28, 29, 30, 31)]
_SHORT = [f"x{number}" for number in range(10, 16)]
_F = [f"f{number}" for number in range(0, 32)]
_SHORT_F = [f"f{number}" for number in range(8, 16)]
_DATA = 256
"""Bytes on each side of where s0 points to."""
_FRAME = """
        .globl  _start
_start: li      t0, 0x7e00
        csrs    mstatus, t0
        la      s0, middle
        la      s1, middle
        la      sp, middle
{set}
        j       body
{functions}
body:
{body}
        la      t0, tohost
        li      t1, 1
        sw      t1, 0(t0)
        sw      zero, 4(t0)
1:      j       1b
        .data
        .balign 64
        .word   {words}
middle: .word   {words}
        .balign 4096
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
"""
_BINARY = "add sub xor or and sll srl sra slt sltu mul mulh mulhu mulhsu div divu rem remu"
_WIDE = "addw subw sllw srlw sraw mulw divw divuw remw remuw"
_LOADS = {32: "lb lh lw lbu lhu", 64: "lb lh lw ld lbu lhu lwu"}
_STORES = {32: "sb sh sw", 64: "sb sh sw sd"}
_SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}
_AMOS = "amoswap amoadd amoxor amoand amoor amomin amomax amominu amomaxu"
_FLOATS = "fadd fsub fmul fdiv fmin fmax fsgnj fsgnjn fsgnjx"
_FUSED = "fmadd fmsub fnmadd fnmsub"
_SHORT_ONES = "c.and c.or c.xor c.sub"


class Program:
    """One random program.

    Args:
        seed: of it.
        xlen: 32 or 64.
    """

    def __init__(self, seed: int, xlen: int) -> None:
        self._draw = random.Random(f"trace {seed} {xlen}")
        self._xlen = xlen
        self._labels = 0

    def text(self) -> str:
        """Its source."""
        draw = self._draw
        values = [f"li {x}, {self._number()}" for x in [f"x{n}" for n in range(10, 32)]]
        values += [f"li {x}, {self._number()}" for x in ("x1", "x3", "x4", "x5", "x6", "x7")]
        for number in range(32):
            values.append(f"{draw.choice(('fld', 'flw'))} f{number}, {8 * number - 128}(s0)")
        functions = "\n".join(f"g{n}:\n{self._lines(4)}\n jr x27" for n in range(2))
        body = "\n".join(self._block() for _ in range(draw.randrange(6, 16)))
        words = ", ".join(str(draw.getrandbits(32)) for _ in range(_DATA // 4))
        return _FRAME.format(set="\n".join(values), functions=functions, body=body, words=words)

    def _number(self) -> int:
        bits = self._draw.choice((4, 8, 16, 31, 32, self._xlen))
        return self._draw.getrandbits(bits) - (1 << bits - 1)

    def _block(self) -> str:
        kind = self._draw.randrange(4)
        self._labels += 1
        label = f"l{self._labels}"
        if kind == 0:
            rounds = self._draw.randrange(1, 5)
            head = f"li x26, {rounds}\n{label}:\n{self._lines(6)}"
            return f"{head}\naddi x26, x26, -1\n bnez x26, {label}"
        if kind == 1:
            branch = self._draw.choice("beq bne blt bge bltu bgeu".split())
            return f"{branch} {self._x()}, {self._x()}, {label}\n{self._lines(3)}\n{label}:"
        if kind == 2:
            return f"jal x27, g{self._draw.randrange(2)}"
        return self._lines(8)

    def _lines(self, most: int) -> str:
        return "\n".join(self._line() for _ in range(self._draw.randrange(1, most + 1)))

    def _x(self) -> str:
        return self._draw.choice(_X)

    def _f(self) -> str:
        return self._draw.choice(_F)

    def _at(self, mnemonic: str) -> str:
        size = _SIZES[mnemonic.rstrip("u")[-1]]
        return f"{self._draw.randrange(-_DATA // 2, _DATA // 2) & -size}(s0)"

    def _line(self) -> str:
        draw, x, f = self._draw, self._x, self._f
        wide = self._xlen == 64
        pick = lambda names: draw.choice(names.split())  # noqa: E731
        kind = draw.randrange(16)
        rm = draw.choice(("", "", ", rne", ", rtz", ", rdn", ", rup", ", rmm"))
        s = draw.choice("sd")
        if kind < 3:
            return f"{pick(_BINARY + (' ' + _WIDE if wide else ''))} {x()}, {x()}, {x()}"
        if kind == 3:
            op = pick("addi xori ori andi slti sltiu" + (" addiw" if wide else ""))
            return f"{op} {draw.choice([x(), 'x0'])}, {x()}, {draw.randrange(-2048, 2048)}"
        if kind == 4:
            return f"{pick('slli srli srai')} {x()}, {x()}, {draw.randrange(self._xlen)}"
        if kind == 5:
            load = pick(_LOADS[self._xlen])
            return f"{load} {draw.choice([x(), 'x0'])}, {self._at(load)}"
        if kind == 6:
            store = pick(_STORES[self._xlen])
            return f"{store} {x()}, {self._at(store)}"
        if kind == 7:
            width = draw.choice("wd") if wide else "w"
            return f"{pick(_AMOS)}.{width}{pick('.aq .rl .aqrl')} {x()}, {x()}, (s1)"
        if kind == 8:
            width = draw.choice("wd") if wide else "w"
            return f"lr.{width} {x()}, (s1)\nsc.{width} {x()}, {x()}, (s1)"
        if kind == 9:
            op = pick(_FLOATS)
            mode = rm if op in ("fadd", "fsub", "fmul", "fdiv") else ""
            return f"{op}.{s} {f()}, {f()}, {f()}{mode}"
        if kind == 10:
            return f"{pick(_FUSED)}.{s} {f()}, {f()}, {f()}, {f()}{rm}"
        if kind == 11:
            at = self._at("fld" if s == "d" else "flw")
            return f"{'fld' if s == 'd' else 'flw'} {f()}, {at}\n" + (
                f"{'fsd' if s == 'd' else 'fsw'} {f()}, {at}"
            )
        if kind == 12:
            integer = draw.choice("w wu l lu".split() if wide else "w wu".split())
            return draw.choice(
                (
                    f"fcvt.{integer}.{s} {x()}, {f()}{rm}",
                    f"fcvt.{s}.{integer} {f()}, {x()}",
                    f"fsqrt.{s} {f()}, {f()}{rm}",
                    f"{pick('feq flt fle')}.{s} {x()}, {f()}, {f()}",
                    f"fclass.{s} {x()}, {f()}",
                    f"fcvt.s.d {f()}, {f()}{rm}",
                    f"fcvt.d.s {f()}, {f()}",
                    f"fmv.x.w {x()}, {f()}\nfmv.w.x {f()}, {x()}",
                )
            )
        if kind == 13:
            mode = draw.randrange(5)
            return draw.choice(
                (
                    f"csrrs {x()}, fflags, {draw.choice([x(), 'x0'])}",
                    f"csrrwi {draw.choice([x(), 'x0'])}, frm, {mode}",
                    f"csrrwi {x()}, fcsr, {mode << 5 & 31 | draw.randrange(32)}",
                    f"csrrc {x()}, fflags, {x()}",
                    f"csrrw {x()}, mscratch, {x()}",
                    f"csrrsi {x()}, mscratch, {draw.randrange(32)}",
                )
            )
        if kind == 14:
            a, b = draw.choice(_SHORT), draw.choice(_SHORT)
            offset = draw.randrange(16) * 4
            return draw.choice(
                (
                    f"{pick(_SHORT_ONES)} {a}, {b}",
                    f"c.addi {x()}, {draw.randrange(1, 32)}",
                    f"c.li {x()}, {draw.randrange(-32, 32)}",
                    f"c.lw {a}, {offset}(s0)",
                    f"c.sw {a}, {offset}(s0)",
                    f"c.lwsp {x()}, {offset}(sp)",
                    f"c.swsp {x()}, {offset}(sp)",
                    f"c.fld {draw.choice(_SHORT_F)}, {offset & -8}(s0)",
                    f"c.fsdsp {f()}, {offset & -8}(sp)",
                    f"c.mv {x()}, {x()}",
                    f"c.srai {a}, {draw.randrange(1, 31)}",
                )
            )
        return draw.choice(
            (
                f"lui {x()}, {draw.getrandbits(20)}",
                f"auipc {x()}, {draw.getrandbits(20)}",
                "fence",
                "c.nop",
                "fence.i",
            )
        )


def elf(text: str, march: str) -> bytes:
    """The program, where Spike expects one."""
    return assemble(text, isa_for(march), base=ENTRY).to_elf()


def by_spike(program: bytes, march: str, folder: Path) -> list[str]:
    """Lines of Spike's commit log, from the program's entry on."""
    (folder / "program").write_bytes(program)
    log = folder / "log"
    subprocess.run(
        [
            "spike",
            f"--isa={march}",
            "-m0x80000000:0x1000000",
            "--log-commits",
            f"--log={log}",
            str(folder / "program"),
        ],
        check=True,
        timeout=20,
    )
    lines = log.read_text().splitlines()
    digits = 8 if march.startswith("rv32") else 16
    entry = f" 0x{ENTRY:0{digits}x} ("
    first = next(i for i, line in enumerate(lines) if entry in line)
    return lines[first:]


def by_rvx(program: bytes, march: str) -> list[str]:
    """The lines of a trace by rvx."""
    isa = isa_for(march)
    machine = Machine(program, isa, tracing=Tracing())
    result = machine.run()
    assert result.exit_code == 0, result.trap
    assert result.retired is not None
    assert len(result.retired) == result.instructions
    formatter = Formatter(isa, result.retired.names)
    return bytes(formatter.text(result.retired)).decode().splitlines()
