"""Programs, an extension made to reach every corner, and the five ways to run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.extensions import isa_for
from rvx.isa import Extension, Isa, Memory, Words, sext32
from rvx.isa.bits import address, narrow
from rvx.isa.memory import load_s32, store_32

MODES: dict[str, dict[str, Any]] = {
    "inline": {},
    "trap": {"tier": "trap"},
    "mirrored": {"by_pointer": False},
    "mirrored-trap": {"by_pointer": False, "tier": "trap"},
    "python": {"backend": "python"},
}

Xtest = Extension("Xtest", version="1.0", doc="One instruction for each thing a body can ask for")
Xtest.register_file("v", count=32, bits=16)
Xtest.state("acc", 2, "a sum and a checksum")
Xtest.csr("tcsr", 0x7C0, state="acc", lsb=4, bits=8)


@Xtest.instruction("mac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def mac(rd: int, rs1: int, rs2: int, xlen: int) -> int:
    """rd += rs1 * rs2."""
    return narrow(rd + rs1 * rs2, xlen)


@Xtest.instruction("tld rd, imm(rs1)", "imm[11:0] rs1 001 rd 1011011")
def tld(rs1: int, imm: int, mem: Memory) -> int:
    """rd = the word in memory."""
    return load_s32(mem, rs1 + imm)


@Xtest.instruction("tst rs2, imm(rs1)", "imm[11:5] rs2 rs1 010 imm[4:0] 1011011")
def tst(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
    """The word in memory = rs2."""
    store_32(mem, rs1 + imm, rs2)


@Xtest.instruction("tflag rd, rs1", "0000000 00000 rs1 011 rd 1011011")
def tflag(rs1: int, frm: int, fflags: Words) -> int:
    """rd = frm; raises the flags in rs1."""
    fflags[0] |= rs1 & 31
    return frm


@Xtest.instruction("todd rs1, offset", "offset[12|10:5] 00000 rs1 100 offset[4:1|11] 1011011")
def todd(rs1: int, offset: int, pc: int, next_pc: Words, xlen: int) -> None:
    """Goes on at pc + offset if rs1 is odd."""
    if rs1 & 1:
        next_pc[0] = address(pc + offset, xlen)


@Xtest.instruction("vadd rd:v, rs1:v, rs2:v", "0000000 rs2 rs1 101 rd 1011011")
def vadd(rs1: int, rs2: int) -> int:
    """rd = rs1 + rs2, of which the register keeps 16 bits."""
    return rs1 + rs2


@Xtest.instruction("vput rd:v, rs1", "0000001 00000 rs1 101 rd 1011011")
def vput(rs1: int) -> int:
    """rd = the low bits of rs1."""
    return rs1


@Xtest.instruction("vget rd, rs1:v", "0000010 00000 rs1 101 rd 1011011")
def vget(rs1: int) -> int:
    """rd = rs1, zero-extended."""
    return rs1


@Xtest.instruction("tacc rs1", "0000011 00000 rs1 101 00000 1011011")
def tacc(rs1: int, acc: Words) -> None:
    """acc += rs1."""
    acc[0] += rs1
    acc[1] ^= acc[0]


@Xtest.instruction("tread rd", "0000100 00000 00000 101 rd 1011011")
def tread(acc: Words, xlen: int) -> int:
    """rd = the checksum."""
    return narrow(acc[1], xlen)


@Xtest.instruction("tpc rd", "0000101 00000 00000 101 rd 1011011")
def tpc(pc: int, xlen: int) -> int:
    """rd = the address of this instruction."""
    return narrow(pc, xlen)


@Xtest.instruction("taccld rs1", "0000110 00000 rs1 101 00000 1011011")
def taccld(rs1: int, acc: Words, mem: Memory, fflags: Words) -> None:
    """Raises NV, and adds the word at rs1 to acc."""
    fflags[0] |= 16
    acc[0] += load_s32(mem, rs1)


@Xtest.instruction("fmix rd:f, rs1:f, rs2:f, rs3:f", "rs3 00 rs2 rs1 110 rd 1011011")
def fmix(rs1: int, rs2: int, rs3: int) -> int:
    """rd = (rs1 ^ rs2) + rs3, on all 64 bits."""
    return (rs1 ^ rs2) + rs3


@Xtest.instruction("five rd, rs1, rs2, rs3, rs4:x", "rs4[4:0] rs3 rs2 rs1 rd 1111011")
def five(
    rd: int, rs1: int, rs2: int, rs3: int, rs4: int, frm: int, fflags: Words, xlen: int
) -> int:
    """Everything at once: more registers than any shipped instruction has."""
    fflags[0] |= rs4 & 1
    return narrow(rd + 3 * rs1 + 5 * rs2 + 7 * rs3 + 11 * rs4 + 13 * frm, xlen)


@Xtest.instruction("tround rd, rs1, rm", "0000000 00000 rs1 rm rd 0101011")
def tround(rs1: int, rm: int) -> int:
    """rd = rs1 + the rounding mode."""
    return sext32(rs1 + rm)


@Xtest.instruction("c.tinc rd:xc", "000 00000000 rd 00", overlaps=("c.unimp",))
def c_tinc(rd: int, xlen: int) -> int:
    """rd += 1, in 16 bits that the manual reserves."""
    return narrow(rd + 1, xlen)


@cache
def _isa(xlen: int) -> Isa:
    return isa_for(f"rv{xlen}gc_xposit", extra=[Xtest])


@dataclass(frozen=True)
class Outcome:
    """All that two ways of running a program must agree on."""

    x: tuple[int, ...]
    f: tuple[int, ...]
    states: Mapping[str, tuple[int, ...]]
    fflags: int
    frm: int
    memory: bytes
    executions: Mapping[int, int]
    instructions: int
    custom: int
    exit_code: int | None
    output: bytes
    trap: tuple[str, int, str] | None


def outcome_of(machine: Machine, result: RunResult) -> Outcome:
    """The state of a machine after a run."""
    trap = result.trap
    return Outcome(
        tuple(machine.register(f"x{i}") for i in range(32)),
        tuple(machine.register(f"f{i}") for i in range(32)),
        {
            name: tuple(machine.context.state(name, words).tolist())
            for name, words in _state_sizes(machine.isa).items()
        },
        machine.fflags,
        machine.frm,
        machine.memory.ram[: machine.memory.heap - machine.memory.base].tobytes(),
        result.executions,
        result.instructions,
        result.custom_instructions,
        result.exit_code,
        result.output,
        (trap.kind, trap.pc, trap.message) if trap else None,
    )


def _state_sizes(isa: Isa) -> dict[str, int]:
    sizes = {name: state.words for name, state in isa.states.items()}
    return sizes | {n: file.count for n, file in isa.register_files.items() if not file.is_core}


class Lab:
    """Builds programs and runs them in every mode."""

    modes = MODES
    xtest = Xtest

    def isa(self, xlen: int = 64) -> Isa:
        """RV32GC or RV64GC with Xposit and Xtest."""
        return _isa(xlen)

    def elf(self, text: str, xlen: int = 64) -> bytes:
        """Assembles a source without choosing compressed forms by itself."""
        source = f".option norvc\n.text\n.globl _start\n{text}\n"
        return assemble(source, self.isa(xlen)).to_elf()

    def machine(self, text: str | bytes, mode: str = "inline", xlen: int = 64) -> Machine:
        """A machine with a program, in one of the modes."""
        program = text if isinstance(text, bytes) else self.elf(text, xlen)
        return Machine(program, self.isa(xlen), memory=1 << 20, **MODES[mode])

    def run(
        self, text: str | bytes, mode: str = "inline", xlen: int = 64, limit: int | None = None
    ) -> Outcome:
        """Runs a program from its entry."""
        machine = self.machine(text, mode, xlen)
        return outcome_of(machine, machine.run(limit))

    def agree(
        self,
        text: str,
        xlen: int = 64,
        limit: int | None = None,
        modes: tuple[str, ...] = tuple(MODES),
    ) -> Outcome:
        """Runs a program in several modes, and gives the outcome, which must be the same in all."""
        program = self.elf(text, xlen)
        outcomes = {mode: self.run(program, mode, xlen, limit) for mode in modes}
        first = outcomes[modes[0]]
        for mode, other in outcomes.items():
            for name in vars(first):
                assert getattr(other, name) == getattr(first, name), f"{name}: {mode}, rv{xlen}"
        return first


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()


@pytest.fixture(params=list(MODES))
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[64, 32], ids=["rv64", "rv32"])
def xlen(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def take() -> Callable[[Machine, RunResult], Outcome]:
    return outcome_of
