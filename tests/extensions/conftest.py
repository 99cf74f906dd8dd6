"""Two ways to perform a single instruction: its body, and Unicorn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
import unicorn
from unicorn import riscv_const as regs

from rvx import jit
from rvx.isa import Decoded, Isa, Memory
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE
from rvx.isa.operands import RegisterKind, RoundingKind

CODE, DATA, PAGE = 0x10000, 0x40000, 4096
X0, F0 = regs.UC_RISCV_REG_X0, regs.UC_RISCV_REG_F0


@dataclass
class Hart:
    """What one instruction reads and may change; registers are signed."""

    x: list[int] = field(default_factory=lambda: [0] * 32)
    f: list[int] = field(default_factory=lambda: [0] * 32)
    pc: int = CODE
    data: bytes = bytes(64)
    frm: int = 0
    fflags: int = 0

    def copy(self) -> Hart:
        return Hart(list(self.x), list(self.f), self.pc, self.data, self.frm, self.fflags)


def signed(value: int, bits: int = 64) -> int:
    return ((value & (1 << bits) - 1) ^ 1 << bits - 1) - (1 << bits - 1)


@cache
def exported(body: Any, kinds: tuple[str, ...], result: str) -> Any:
    return jit.export(body, f"{result}({', '.join(kinds)})")


def compiled(body: Any, arguments: list[Any], has_result: bool) -> Any:
    """The body compiled: through the disk cache, where its signature can be spelled."""
    if any(isinstance(argument, Memory) for argument in arguments):
        return jit.native(body)
    kinds = tuple("int64" if isinstance(a, np.int64) else "int64[::1]" for a in arguments)
    return exported(body, kinds, "int64" if has_result else "void")


class Bodies:
    """Performs instructions by their bodies, interpreted or compiled."""

    def __init__(self, isa: Isa, is_compiled: bool) -> None:
        self.isa = isa
        self.is_compiled = is_compiled
        self.states = {name: np.zeros(s.words, np.int64) for name, s in isa.states.items()}

    def perform(self, decoded: Decoded, before: Hart) -> Hart:
        after = before.copy()
        size = decoded.instruction.size
        made = decoded.expanded
        body: Any = made.instruction.body
        assert body is not None, made.instruction.mnemonic
        next_pc = np.array([before.pc + size], np.int64)
        fflags = np.array([before.fflags], np.int64)
        ram = np.frombuffer(before.data, np.uint8).copy()
        memory = Memory(
            # Bytes of a memoryview are Python integers, which do not wrap at 256.
            ram if self.is_compiled else memoryview(ram),
            np.full(1, READABLE | WRITABLE | EXECUTABLE, np.uint8),
            np.array([DATA, len(ram), (1 << 32) - 1 if self.isa.xlen == 32 else -1], np.int64),
            np.zeros(4, np.int64),
        )
        special = {
            "pc": np.int64(before.pc),
            "next_pc": next_pc,
            "xlen": np.int64(self.isa.xlen),
            "frm": np.int64(before.frm),
            "fflags": fflags,
            "mem": memory,
            **self.states,
        }
        fcsr = np.array([before.frm << 5 | before.fflags], np.int64)
        for csr in self.isa.csrs.values():
            if csr.address == decoded.values.get("csr"):
                special |= {
                    "csr_word": fcsr,
                    "csr_lsb": np.int64(csr.lsb),
                    "csr_mask": np.int64((1 << csr.bits) - 1),
                }
        arguments = []
        for name in made.instruction.requests:
            operand = made.instruction.operands.get(name)
            if operand is None:
                arguments.append(special[name])
                continue
            value = made.values[name]
            if isinstance(operand.kind, RegisterKind):
                value = (before.x if operand.kind.file.name == "x" else before.f)[value]
            elif isinstance(operand.kind, RoundingKind) and value == 7:
                value = before.frm
            arguments.append(np.int64(value))
        rd = made.instruction.operands.get("rd")
        function = body
        if self.is_compiled:
            function = compiled(body, arguments, rd is not None)
        with np.errstate(over="ignore"):
            result = function(*arguments)
        assert memory.fault[0] == 0
        if rd is not None and isinstance(rd.kind, RegisterKind):
            file = after.x if rd.kind.file.name == "x" else after.f
            file[made.values["rd"]] = int(result)
            after.x[0] = 0
        after.pc = int(next_pc[0])
        after.fflags = int(fflags[0])
        if "csr_word" in special:
            after.frm, after.fflags = int(fcsr[0]) >> 5, int(fcsr[0]) & 31
        after.data = ram.tobytes()
        return after


class Core:
    """Performs instructions on Unicorn, each at an address of its own."""

    def __init__(self, xlen: int) -> None:
        self.xlen = xlen
        mode = unicorn.UC_MODE_RISCV64 if xlen == 64 else unicorn.UC_MODE_RISCV32
        self.uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, mode)
        self.uc.mem_map(CODE - 0x8000, 0x10000)
        self.uc.mem_map(DATA, PAGE)
        self.uc.reg_write(regs.UC_RISCV_REG_MSTATUS, 0x2000)

    def perform(self, word: int, size: int, before: Hart) -> Hart:
        uc = self.uc
        mask = (1 << self.xlen) - 1
        for number in range(1, 32):
            uc.reg_write(X0 + number, before.x[number] & mask)
        for number in range(32):
            uc.reg_write(F0 + number, before.f[number] & (1 << 64) - 1)
        uc.reg_write(regs.UC_RISCV_REG_FRM, before.frm)
        uc.reg_write(regs.UC_RISCV_REG_FFLAGS, before.fflags)
        uc.mem_write(DATA, before.data)
        uc.ctl_remove_cache(before.pc, before.pc + 4)
        uc.mem_write(before.pc, word.to_bytes(size, "little"))
        uc.emu_start(before.pc, 0xFFFFFFF0, count=1)
        return Hart(
            [signed(uc.reg_read(X0 + i), self.xlen) if i else 0 for i in range(32)],
            [signed(uc.reg_read(F0 + i)) for i in range(32)],
            uc.reg_read(regs.UC_RISCV_REG_PC),
            bytes(uc.mem_read(DATA, len(before.data))),
            uc.reg_read(regs.UC_RISCV_REG_FRM),
            uc.reg_read(regs.UC_RISCV_REG_FFLAGS),
        )


@pytest.fixture(params=["interpreted", "compiled"])
def bodies(request: pytest.FixtureRequest) -> Callable[[Isa], Bodies]:
    """Makes a performer by bodies, once interpreted and once compiled."""
    return lambda isa: Bodies(isa, request.param == "compiled")


@pytest.fixture
def core() -> Callable[[int], Core]:
    """Makes a Unicorn of a given XLEN."""
    return Core


@pytest.fixture
def make_hart() -> type[Hart]:
    return Hart


@pytest.fixture
def data_address() -> int:
    return DATA
