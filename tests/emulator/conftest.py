"""Programs, an extension made to reach every corner, and the ways to run them."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult, load_executable
from rvx.emulator.context import Field
from rvx.emulator.memory import PAGE, GuestMemory
from rvx.emulator.system import System
from rvx.extensions import isa_for
from rvx.isa import Extension, Isa, Memory, Words, sext32
from rvx.isa.bits import address, narrow
from rvx.isa.memory import EXECUTABLE, FAULT_LOAD, FAULT_STORE, PAGE_SHIFT, load_s32, store_32
from rvx.isa.operands import RegisterKind, RoundingKind

from .witness import Witness

MODES: dict[str, dict[str, Any]] = {
    "region": {"tier": "region"},
    "inline": {"tier": "inline"},
    "eager": {"tier": "inline"},
    "trap": {"tier": "trap"},
    "mirrored": {"by_pointer": False, "tier": "inline"},
    "mirrored-trap": {"by_pointer": False, "tier": "trap"},
    "witness": {"tier": "trap"},
    "python": {"backend": "python"},
}
TRAPS_BEFORE_EAGER = 2
"""In the eager mode, short programs are moved inline too."""

Xtest = Extension("Xtest", version="1.0", doc="One instruction for each thing a body can ask for")
Xtest.register_file("k", count=32, bits=16)
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


@Xtest.instruction("vadd rd:k, rs1:k, rs2:k", "0000000 rs2 rs1 101 rd 1011011")
def vadd(rs1: int, rs2: int) -> int:
    """rd = rs1 + rs2, of which the register keeps 16 bits."""
    return rs1 + rs2


@Xtest.instruction("vput rd:k, rs1", "0000001 00000 rs1 101 rd 1011011")
def vput(rs1: int) -> int:
    """rd = the low bits of rs1."""
    return rs1


@Xtest.instruction("vget rd, rs1:k", "0000010 00000 rs1 101 rd 1011011")
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
        loaded_bytes(machine.memory),
        result.executions,
        result.instructions,
        result.custom_instructions,
        result.exit_code,
        result.output,
        (trap.kind, trap.pc, trap.message) if trap else None,
    )


def loaded_bytes(memory: GuestMemory) -> bytes:
    """What the program was loaded into, without the page that calls return to."""
    return memory.ram[memory.stub - memory.base + PAGE : memory.heap - memory.base].tobytes()


def _state_sizes(isa: Isa) -> dict[str, int]:
    sizes = {name: state.words for name, state in isa.states.items()}
    files = isa.register_files.items()
    return sizes | {n: file.count * file.words for n, file in files if not file.is_core}


class Lab:
    """Builds programs and runs them in every mode."""

    modes = MODES
    xtest = Xtest
    outcome = staticmethod(outcome_of)
    loaded_bytes = staticmethod(loaded_bytes)

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
        machine = Machine(program, self.isa(xlen), memory=1 << 20, **MODES[mode])
        if mode == "witness":
            Witness(machine)
        if mode == "eager":
            machine.context.words[Field.THRESHOLD] = TRAPS_BEFORE_EAGER
        return machine

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


class Stepper:
    """Steps through a program by the bodies of its instructions, one after the other.

    It shares the loader and the declarations with the emulator, and none of the ways to run them.
    """

    def __init__(self, program: bytes, isa: Isa, room: int = 1 << 20) -> None:
        executable = load_executable(program)
        self.isa = isa
        self.memory = GuestMemory(executable.segments, room, isa.xlen)
        self.system = System(self.memory)
        self.pc = executable.entry
        self.x = [0] * 32
        self.x[2] = self.memory.stack_top
        self.f = [0] * 32
        self.own = {n: [0] * f.count for n, f in isa.register_files.items() if not f.is_core}
        self.states = {n: np.zeros(s.words, np.int64) for n, s in isa.states.items()}
        self.frm = 0
        self.fflags = 0
        self.executions: dict[int, int] = {}
        self.exit_code: int | None = None
        self.trap: str | None = None
        mask = 0xFFFFFFFF if isa.xlen == 32 else -1
        self.mem = Memory(
            self.memory.view,
            self.memory.pages.tolist(),
            [self.memory.base, self.memory.ram.size, mask],
            [0, 0, 0, 0],
        )

    def run(self, limit: int) -> None:
        """Steps until the program ends or the limit."""
        for _ in range(limit):
            if self.exit_code is not None or self.trap is not None:
                return
            self.step()

    def step(self) -> None:
        """Performs one instruction, or sets `trap` where that cannot be done."""
        word = self.memory.word(self.pc) if self._is_executable() else None
        if word is None:
            self.trap = "jump to memory that holds no code"
            return
        decoded = self.isa.decode(word)
        made = None if decoded is None else decoded.expanded
        is_call = made is not None and made.instruction.mnemonic == "ecall"
        if made is None or (made.instruction.body is None and not is_call):
            self.trap = "illegal instruction"
            return
        next_pc = self.pc + (4 if word & 3 == 3 else 2)
        if is_call:
            arguments = [self._bits(value) for value in self.x[10:16]]
            value, self.exit_code = self.system.call(self._bits(self.x[17]), arguments)
            if self.exit_code is None:
                self._set_x(10, value)
        else:
            next_pc = self._perform(made, next_pc)
            if self.trap is not None:
                return
        self.executions[self.pc] = self.executions.get(self.pc, 0) + 1
        self.pc = next_pc

    def _is_executable(self) -> bool:
        page = (self.pc - self.memory.base) >> PAGE_SHIFT
        return bool(0 <= page < self.memory.pages.size and self.memory.pages[page] & EXECUTABLE)

    def _bits(self, value: int) -> int:
        return value & (1 << self.isa.xlen) - 1

    def _set_x(self, number: int, value: int) -> None:
        if number:
            half = 1 << self.isa.xlen - 1
            self.x[number] = (self._bits(value) ^ half) - half

    def _perform(self, made: Any, following: int) -> int:
        instruction, values = made.instruction, made.values
        next_pc = np.array([following], np.int64)
        fflags = np.zeros(1, np.int64)
        special = {
            "pc": np.int64(self.pc),
            "next_pc": next_pc,
            "xlen": np.int64(self.isa.xlen),
            "frm": np.int64(self.frm),
            "fflags": fflags,
            "mem": self.mem,
            **self.states,
        }
        if "csr_word" in instruction.requests and not self._find_csr(values["csr"], special):
            self.trap = "illegal instruction"
            return self.pc
        arguments = []
        for name in instruction.requests:
            operand = instruction.operands.get(name)
            if operand is None:
                arguments.append(special[name])
            elif isinstance(operand.kind, RegisterKind):
                arguments.append(np.int64(self._file(operand.kind)[values[name]]))
            elif isinstance(operand.kind, RoundingKind) and values[name] == 7:
                if self.frm > instruction.last_rounding_mode:
                    self.trap = "illegal instruction"
                    return self.pc
                arguments.append(np.int64(self.frm))
            else:
                arguments.append(np.int64(values[name]))
        self.mem.fault[:] = [0, 0, 0, 0]
        with np.errstate(over="ignore"):
            result = instruction.body(*arguments)
        if self.mem.fault[0]:
            kinds = {FAULT_LOAD: "load from", FAULT_STORE: "store to"}
            self.trap = kinds.get(self.mem.fault[0], "misaligned")
            return self.pc
        if next_pc[0] & (1 if "C" in self.isa.extensions else 3):
            self.trap = "misaligned"
            return self.pc
        self.fflags |= int(fflags[0])
        if "csr_word" in instruction.requests:
            fcsr = int(self.states["fcsr"][0])
            self.fflags, self.frm = fcsr & 31, fcsr >> 5 & 7
        target = instruction.operands.get("rd")
        if target is not None and isinstance(target.kind, RegisterKind):
            file, number = target.kind.file, values["rd"]
            if file.name == "x":
                self._set_x(number, int(result))
            elif file.is_core:
                self.f[number] = int(result)
            else:
                self.own[file.name][number] = int(result) & (1 << file.bits) - 1
        return int(next_pc[0])

    def _find_csr(self, address: int, special: dict[str, Any]) -> bool:
        """Adds what a CSR instruction asks for; says whether there is such a CSR, to be written."""
        fcsr = self.states["fcsr"]
        fcsr[0] = fcsr[0] & ~0xFF | self.frm << 5 | self.fflags
        for csr in self.isa.csrs.values():
            if csr.address == address:
                special["csr_word"] = self.states[csr.state]
                special["csr_lsb"] = np.int64(csr.lsb)
                special["csr_mask"] = np.int64(csr.mask)
                return True
        return False

    def _file(self, kind: RegisterKind) -> list[int]:
        if kind.file.is_core:
            return self.x if kind.file.name == "x" else self.f
        return self.own[kind.file.name]


@pytest.fixture
def stepper() -> type[Stepper]:
    return Stepper


@contextmanager
def running(command: Sequence[str], seconds: float = 120) -> Iterator[subprocess.Popen[str]]:
    """A process that Ctrl-C reaches, and that does not outlive its time.

    A shell without job control starts what it puts in the background with SIGINT ignored, and
    all processes below inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        end = threading.Timer(seconds, process.kill)
        end.start()
        try:
            yield process
        finally:
            end.cancel()
            process.kill()


@pytest.fixture(name="running")
def _running() -> Callable[..., Any]:
    return running
