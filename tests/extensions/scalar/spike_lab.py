"""Scalar instructions in bulk, on Spike and on rvx: one program performs many cases.

A case is a word and the state that it finds: eight x and eight f registers, fcsr and 64 bytes of
memory. The program loads the state, performs the word, and stores what it left; what both machines
have stored must be the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import Machine
from rvx.isa import Isa
from tests.signatures import build as link
from tests.signatures import signature

FIRST, COUNT = 8, 8
"""The registers of a case: those that compressed instructions can name."""
BASE = 0x80000000
SCRATCH = BASE + 0x1000
"""Where the 64 bytes of memory are."""
SCRATCH_WORDS = 8
WORDS = 2 * COUNT + 2 + SCRATCH_WORDS
"""Of a case: x registers, f registers, fcsr, one for alignment, and memory."""

_REGISTERS = range(FIRST, FIRST + COUNT)
_PROGRAM = """
        .text
        .globl _start
_start: li      t0, 0x6000
        csrs    mstatus, t0
        la      s2, cases
        la      s3, results
        li      s4, {scratch}
        j       first
        .option norvc
load:
{load_memory}
        LOAD    t0, {fcsr}(s2)
        csrw    fcsr, t0
{load}
        ret
save:
{save}
        csrr    t0, fcsr
        STORE   t0, {fcsr}(s3)
{save_memory}
        addi    s2, s2, {size}
        addi    s3, s3, {size}
        ret
first:
{words}
        la      t0, tohost
        li      t1, 1
        STORE   t1, 0(t0)
        li      a0, 0
        li      a7, 93
        ecall
end:    j       end
        .section .scratch, "aw"
        .zero   4096
        .data
        .balign 64
cases:  .incbin "cases.bin"
        .balign 64
        .globl  begin_signature
begin_signature:
results: .zero  {result_bytes}
        .globl  end_signature
end_signature:
        .balign 4096
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
        size: its bytes.
        x: x8 to x15.
        f: f8 to f15.
        fcsr: frm and fflags.
        memory: what is at `SCRATCH`.
    """

    word: int
    size: int
    x: list[int]
    f: list[int] = field(default_factory=lambda: [0] * COUNT)
    fcsr: int = 0
    memory: list[int] = field(default_factory=lambda: [0] * SCRATCH_WORDS)

    def words(self) -> list[int]:
        return [*self.x, *self.f, self.fcsr, 0, *self.memory]


def build(cases: list[Case], isa: Isa, folder: Path) -> Path:
    """The program of the cases, assembled and linked by GNU.

    f registers are left alone where the ISA has none.
    """
    rows = [[word & (1 << 64) - 1 for word in case.words()] for case in cases]
    np.array(rows, np.uint64).tofile(folder / "cases.bin")
    load, save, load_memory, save_memory = [], [], [], []
    for i, number in enumerate(_REGISTERS):
        load.append(f"LOAD x{number}, {8 * i}(s2)")
        save.append(f"STORE x{number}, {8 * i}(s3)")
        if "D" in isa.extensions:
            load.append(f"fld f{number}, {8 * (COUNT + i)}(s2)")
            save.append(f"fsd f{number}, {8 * (COUNT + i)}(s3)")
    for i in range(8 * SCRATCH_WORDS * 8 // isa.xlen):
        at = isa.xlen // 8 * i
        load_memory += [f"LOAD t0, {8 * (2 * COUNT + 2) + at}(s2)", f"STORE t0, {at}(s4)"]
        save_memory += [f"LOAD t0, {at}(s4)", f"STORE t0, {8 * (2 * COUNT + 2) + at}(s3)"]
    words = [
        f"call load\n        .{case.size}byte {case.word:#x}\n        call save" for case in cases
    ]
    text = _PROGRAM.format(
        scratch=SCRATCH,
        fcsr=8 * 2 * COUNT,
        size=8 * WORDS,
        result_bytes=8 * WORDS * len(cases),
        load="\n".join(load),
        save="\n".join(save),
        load_memory="\n".join(load_memory),
        save_memory="\n".join(save_memory),
        words="\n        ".join(words),
    )
    get, put = ("ld", "sd") if isa.xlen == 64 else ("lw", "sw")
    (folder / "p.s").write_text(text.replace("LOAD", get).replace("STORE", put))
    abi = "lp64d" if isa.xlen == 64 else "ilp32d"
    (folder / "p.ld").write_text(
        f"SECTIONS {{ .scratch {SCRATCH:#x} : {{ *(.scratch) }} .text : {{ *(.text) }} "
        ".data ALIGN(4096) : { *(.data) } }\nENTRY(_start)\n"
    )
    return link(folder, isa.xlen, f"rv{isa.xlen}gc", abi)


def on_spike(elf: Path, names: str, words: int = WORDS, *options: str) -> NDArray[np.uint64]:
    """What Spike stores, a row for each case.

    Args:
        elf: see `build`.
        names: the ISA string.
        words: of a row.
        options: more of Spike's.
    """
    data = signature(elf, names, f"{BASE:#x}:0x8000000", *options)
    return np.frombuffer(data, np.uint64).reshape(-1, words)


def on_rvx(elf: Path, isa: Isa, **options: Any) -> NDArray[np.uint64]:
    """What rvx stores, a row for each case."""
    machine = Machine(elf, isa, **options)
    result = machine.run()
    assert result.trap is None, result.trap
    begin, end = (machine.symbol(f"{name}_signature") for name in ("begin", "end"))
    stored = machine.array(begin, np.uint64, (end - begin) // 8)
    return stored.copy().reshape(-1, WORDS)
