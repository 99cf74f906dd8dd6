"""Vector instructions one at a time, on Spike and by their bodies, from the same state.

A case is a word and the state that it finds. One program performs all cases of a run on Spike: it
loads the state, performs the word, and stores what it left, with the cause of a trap. The same
cases are performed by the bodies, interpreted or compiled, on a machine that never runs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import Machine
from rvx.emulator.context import Field
from rvx.emulator.core import F0, FFLAGS, FRM, X0
from rvx.emulator.handlers.compiled import compile_handler
from rvx.emulator.handlers.interpreted import Failures, Interpreted, interpreted_memory
from rvx.emulator.handlers.rows import Wiring
from rvx.isa import Instruction, Isa
from rvx.isa.memory import FAULT_ILLEGAL, FAULT_LOAD, FAULT_STORE
from rvx.isa.vector.state import HEADER, STATE, VCSR, VL, VSTART, VTYPE
from tests.signatures import build, signature

RAM = 0x80000000
LOW_BYTES = 8192
SCALARS = 16
"""Words of the scalars before the registers in a case's state, see `Case`."""
RD, RS1, RS2 = 12, 10, 11
FD, FS1 = 11, 10
FURTHER = {
    **{name.capitalize(): name for name in ("zfbfmin", "zvfbfmin", "zvfbfwma")},
    **{name.capitalize(): name for name in ("zvkb", "zvbb", "zvbc")},
    **{name.capitalize(): name for name in ("zvkned", "zvknha", "zvknhb", "zvkg")},
    **{name.capitalize(): name for name in ("zvksed", "zvksh")},
    **{name.capitalize(): name for name in ("zvfbfa", "zvfofp8min", "zvfofp4min")},
    "Zvdot4a8i": "zvqdotq",
    "Zvqwdota8i": "zvqldot8i",
    "Zvfwdota16bf": "zvfwldot16bf",
    "Zvfqwdota8f": "zvfqldot8f",
    "Zvqwbdota8i": "zvqbdot8i",
    "Zvfwbdota16bf": "zvfwbdot16bf",
    "Zvfqwbdota8f": "zvfqbdot8f",
    "Zvfbdota32f": "zvfbdot32f",
}
"""Extensions, and how Spike's ISA string names them: drafts by names that they have no more."""
CAUSES = {FAULT_ILLEGAL: 2, FAULT_LOAD: 5, FAULT_STORE: 7}

PROGRAM = """
        .section .low, "aw"
low:    .incbin "low.bin"
        .text
        .globl _start
_start: la      t0, handler
        csrw    mtvec, t0
        li      t0, 0x6600
        csrs    mstatus, t0
        la      s0, cases
        la      s1, results
        j       first
        .balign 4
handler:
        csrr    s11, mcause
        csrr    s10, mepc
        addi    s10, s10, 4
        csrw    mepc, s10
        mret
load:   csrw    vstart, zero
        addi    t0, s0, {scalar_bytes}
        li      t1, {group_bytes}
        vl8re8.v v0, (t0)
        add     t0, t0, t1
        vl8re8.v v8, (t0)
        add     t0, t0, t1
        vl8re8.v v16, (t0)
        add     t0, t0, t1
        vl8re8.v v24, (t0)
        LOAD    t0, 0(s0)
        LOAD    t1, 8(s0)
        vsetvl  t2, t1, t0
        LOAD    t0, 24(s0)
        csrw    vcsr, t0
        LOAD    t0, 32(s0)
        csrw    fcsr, t0
        LOAD    a0, 40(s0)
        LOAD    a1, 48(s0)
        LOAD    a2, 56(s0)
        fld     fa0, 64(s0)
        fld     fa1, 72(s0)
        li      s11, 0
        LOAD    t0, 16(s0)
        csrw    vstart, t0
        ret
save:   csrr    t0, vstart
        STORE   t0, 16(s1)
        csrr    t0, vtype
        STORE   t0, 0(s1)
        csrr    t0, vl
        STORE   t0, 8(s1)
        csrr    t0, vcsr
        STORE   t0, 24(s1)
        csrr    t0, fcsr
        STORE   t0, 32(s1)
        STORE   s11, 40(s1)
        STORE   a2, 56(s1)
        fsd     fa1, 72(s1)
        csrw    vstart, zero
        addi    t0, s1, {scalar_bytes}
        li      t1, {group_bytes}
        vs8r.v  v0, (t0)
        add     t0, t0, t1
        vs8r.v  v8, (t0)
        add     t0, t0, t1
        vs8r.v  v16, (t0)
        add     t0, t0, t1
        vs8r.v  v24, (t0)
        li      t1, {case_bytes}
        add     s0, s0, t1
        add     s1, s1, t1
        ret
first:
{words}
        la      t0, low
        la      t1, left
        li      t2, {low_bytes}
        add     t2, t2, t0
1:      LOAD    t3, 0(t0)
        STORE   t3, 0(t1)
        addi    t0, t0, {word_bytes}
        addi    t1, t1, {word_bytes}
        bne     t0, t2, 1b
        la      t0, tohost
        li      t1, 1
        STORE   t1, 0(t0)
end:    j       end
        .data
        .balign 64
cases:  .incbin "cases.bin"
        .balign 64
        .globl  begin_signature
begin_signature:
results: .zero  {result_bytes}
left:   .zero   {low_bytes}
        .globl  end_signature
end_signature:
        .balign 64
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
"""


@dataclass
class Case:
    """A word and the state that it finds.

    Attributes:
        word: the instruction.
        vtype: as vsetvl takes it.
        avl: likewise.
        vstart: first element.
        vcsr: vxrm and vxsat.
        fcsr: frm and fflags.
        x: a0 (rs1), a1 (rs2) and the old a2 (rd).
        f: fa0 (rs1) and the old fa1 (rd).
        registers: v0 to v31, bytes.
    """

    word: int
    vtype: int
    avl: int
    vstart: int
    vcsr: int
    fcsr: int
    x: tuple[int, int, int]
    f: tuple[int, int]
    registers: NDArray[np.uint8]

    def scalars(self) -> NDArray[np.int64]:
        """The words before the registers."""
        words = [self.vtype, self.avl, self.vstart, self.vcsr, self.fcsr, *self.x, *self.f]
        words += [0] * (SCALARS - len(words))
        return np.array([_signed(word) for word in words], np.int64)


@dataclass
class Outcome:
    """What a word left.

    Attributes:
        vl: and so on, as in `Case`.
        cause: of the trap, 0 if there was none.
        rd: a2, as many bits as it has.
        fd: fa1.
    """

    vtype: int
    vl: int
    vstart: int
    vcsr: int
    fcsr: int
    cause: int
    rd: int
    fd: int
    registers: bytes


def _signed(word: int) -> int:
    word &= (1 << 64) - 1
    return word - (1 << 64) if word >> 63 else word


def spike_isa(isa: Isa) -> str:
    unit = isa.vector
    assert unit is not None
    halves = "_zfh_zvfh" if unit.floats & 16 else ""
    further = "".join(f"_{FURTHER[name]}" for name in isa.extensions if name in FURTHER)
    return f"rv{isa.xlen}gcv_zvl{unit.vlen}b{halves}{further}_zicclsm"


def on_spike(
    cases: list[Case],
    low: NDArray[np.uint8],
    isa: Isa,
    folder: Path,
    left: NDArray[np.uint8] | None = None,
) -> list[Outcome]:
    """What Spike makes of the cases.

    Args:
        cases: in the order in which they are performed.
        low: memory from `RAM` on that they find.
        isa: the instructions.
        folder: for the program.
        left: takes the memory that they leave.
    """
    unit = isa.vector
    assert unit is not None
    register_bytes = 4 * unit.vlen
    case_bytes = 8 * SCALARS + register_bytes
    low.tofile(folder / "low.bin")
    with (folder / "cases.bin").open("wb") as file:
        for case in cases:
            file.write(case.scalars().tobytes() + case.registers.tobytes())
    words = "\n".join(
        f"        call load\n        .word {case.word:#x}\n        call save" for case in cases
    )
    text = PROGRAM.format(
        scalar_bytes=8 * SCALARS,
        group_bytes=register_bytes // 4,
        case_bytes=case_bytes,
        words=words,
        result_bytes=case_bytes * len(cases),
        low_bytes=LOW_BYTES,
        word_bytes=isa.xlen // 8,
    )
    load, store = ("ld", "sd") if isa.xlen == 64 else ("lw", "sw")
    (folder / "p.s").write_text(
        text.replace("LOAD", load)
        .replace("STORE", store)
        .replace("low:    .incbin", ".globl low_begin\nlow_begin:\nlow: .incbin")
    )
    arch = f"rv{isa.xlen}gcv"
    abi = "lp64d" if isa.xlen == 64 else "ilp32d"
    (folder / "p.ld").write_text(
        "SECTIONS { .low 0x80000000 : { *(.low) } .text 0x80010000 : { *(.text) } "
        ".data ALIGN(4096) : { *(.data) } }\nENTRY(_start)\n"
    )
    elf = build(folder, isa.xlen, arch, abi)
    data = signature(elf, spike_isa(isa), f"{RAM:#x}:0x8000000")
    end = case_bytes * len(cases)
    if left is not None:
        left[:] = np.frombuffer(data[end : end + LOW_BYTES], np.uint8)
    outcomes = []
    for at in range(0, end, case_bytes):
        s = np.frombuffer(data[at : at + 8 * SCALARS], np.int64)
        if isa.xlen == 32:
            s = s.astype(np.int32).astype(np.int64)
        wide = np.frombuffer(data[at : at + 8 * SCALARS], np.int64)
        outcomes.append(
            Outcome(
                *(int(value) for value in (*s[:6], s[7], wide[9])),
                data[at + 8 * SCALARS : at + case_bytes],
            )
        )
    return outcomes


class Bodies:
    """Performs cases by the bodies of instructions.

    Args:
        isa: the instructions.
        is_compiled: whether the bodies are compiled, or interpreted.
        low: memory from `RAM` on; stores change it.
    """

    def __init__(self, isa: Isa, is_compiled: bool, low: NDArray[np.uint8]) -> None:
        from rvx.assembler import assemble

        program = assemble('.section .low,"aw"\n.globl _start\n_start: nop\n.zero 16384\n', isa)
        self.isa = isa
        self.machine = Machine(program, isa)
        self.context = self.machine.context
        words = self.context.words
        self.memory = low
        words[Field.RAM] = low.ctypes.data
        words[Field.RAM_BOUNDS] = RAM
        words[Field.RAM_BOUNDS + 1] = low.size
        self.pages = np.full(low.size >> 12, 3, np.uint8)
        words[Field.PAGES] = self.pages.ctypes.data
        self.is_compiled = is_compiled
        mem = interpreted_memory(self.context, self.machine.memory)._replace(
            ram=memoryview(low),
            pages=self.pages.tolist(),
            bounds=words[Field.RAM_BOUNDS : Field.RAM_BOUNDS + 3].tolist(),
        )
        self.interpreted = Interpreted(isa, self.context, mem, Failures())
        # Without pointers bodies read mirrors, which nobody fills here: every vtype would be 0.
        assert self.machine.core.pointers is not None, "the core's registers were not found"
        self.wiring = Wiring(isa, self.machine.core, self.context)
        self._handlers: dict[Instruction, Callable[[int, int], None]] = {}
        self._rows: dict[int, NDArray[np.int64]] = {}

    def perform(self, case: Case) -> Outcome:
        unit = self.isa.vector
        assert unit is not None
        core, words = self.machine.core, self.context.words
        state = self.context.state(STATE, unit.words)
        state[HEADER:] = case.registers.view(np.int64)
        setup = self.isa.decode(0x8000_7057 | 12 << 20 | 10 << 15 | 11 << 7)  # vsetvl a1, a0, a2
        assert setup is not None
        xmask = (1 << self.isa.xlen) - 1
        words[Field.FAULT : Field.FAULT + 4] = 0
        core.write(X0 + 10, case.avl & xmask)
        core.write(X0 + 12, case.vtype & xmask)
        # Never both x0: that would keep vl.
        self._run(setup)
        state[VSTART], state[VCSR] = case.vstart, case.vcsr
        core.write(FRM, case.fcsr >> 5)
        core.write(FFLAGS, case.fcsr & 31)
        for number, value in zip((RS1, RS2, RD), case.x, strict=True):
            core.write(X0 + number, value & xmask)
        for number, value in zip((FS1, FD), case.f, strict=True):
            core.write(F0 + number, value & (1 << 64) - 1)
        decoded = self.isa.decode(case.word)
        cause = 2
        if decoded is not None:
            cause = self._run(decoded)
        return Outcome(
            int(state[VTYPE]),
            int(state[VL]),
            int(state[VSTART]),
            int(state[VCSR]),
            core.read(FRM) << 5 | core.read(FFLAGS),
            cause,
            _signed_bits(core.read(X0 + RD), self.isa.xlen),
            _signed_bits(core.read(F0 + FD), 64),
            state[HEADER:].tobytes(),
        )

    def _run(self, decoded) -> int:
        words = self.context.words
        words[Field.FAULT : Field.FAULT + 4] = 0
        words[Field.FFLAGS] = 0
        row = self._rows.get(decoded.word)
        if row is None:
            row = self._rows[decoded.word] = self.wiring.row(decoded)
        function = self._handlers.get(decoded.instruction)
        if function is None:
            function = self._handlers[decoded.instruction] = self._handler(decoded.instruction)
        with np.errstate(over="ignore"):
            function(int(row.ctypes.data), int(words.ctypes.data))
        core = self.machine.core
        if not words[Field.FAULT]:
            core.write(FFLAGS, core.read(FFLAGS) | int(words[Field.FFLAGS]))
        return CAUSES[int(words[Field.FAULT])] if words[Field.FAULT] else 0

    def _handler(self, instruction: Instruction) -> Callable[[int, int], None]:
        if not self.is_compiled:
            return self.interpreted.handler(instruction)
        handler = compile_handler(instruction, self.isa)
        return ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)(handler.address)


def _signed_bits(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value
