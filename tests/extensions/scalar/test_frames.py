"""Zcmp and Zcmt against Spike: registers, stack and jumps of every list; in both ways of access."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rvx.assembler import AssemblyError, assemble
from rvx.disassembler import format_instruction
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import Isa, IsaError
from tests.signatures import run

from .spike_lab import on_spike

MARCH = "imac_zicsr_zcmp_zcmt"
SAVED = ("ra", "s0", "s1", *(f"s{n}" for n in range(2, 12)))
STACK_WORDS = 32
"""What is looked at of the stack after a push: more than the longest list takes."""

HEAD = """
        .text
        .globl _start
_start: la      t0, results
        la      t6, stack_end
"""
TAIL = """
        la      t0, tohost
        li      t1, 1
        STORE   t1, 0(t0)
        li      a0, 0
        li      a7, 93
        ecall
end:    j       end
        .data
        .balign 64
stack:  .zero   512
stack_end:
        .balign 64
table:  .zero   256
        .balign 64
        .globl  begin_signature
begin_signature:
results: .zero  RESULTS
        .globl  end_signature
end_signature:
        .balign 4096
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
"""


class Program:
    """Collects the lines of a program that stores what instructions have left."""

    def __init__(self, isa: Isa, seed: int) -> None:
        self.isa = isa
        self.rng = random.Random(seed)
        self.size = isa.xlen // 8
        self.lines: list[str] = []
        self.words = 0
        self.labels = 0

    def store(self, register: str) -> None:
        self.lines += [f"STORE {register}, 0(t0)", f"addi t0, t0, {self.size}"]
        self.words += 1

    def fill(self, registers: tuple[str, ...]) -> None:
        self.lines += [f"li {name}, {self.rng.getrandbits(31)}" for name in registers]

    def word(self, text: str) -> None:
        """The word of an instruction as rvx assembles it."""
        data = next(s.data for s in assemble(f".text\n{text}\n", self.isa).sections if s.data)
        self.lines.append(f".2byte {int.from_bytes(data[:2], 'little'):#x}  # {text}")

    def dump_stack(self) -> None:
        for at in range(STACK_WORDS):
            self.lines.append(f"LOAD t1, {-self.size * (at + 1)}(t6)")
            self.store("t1")

    def frame(self, registers: str, sizes: tuple[int, ...]) -> None:
        """Pushes and pops a list, in all ways to end a function."""
        for operation in ("cm.pop", "cm.popret", "cm.popretz"):
            size = self.rng.choice(sizes)
            self.fill((*SAVED, "a0"))
            self.lines.append("mv sp, t6")
            self.labels += 1
            self.lines.append(f"la ra, after{self.labels}")
            self.word(f"cm.push {registers}, {-size}")
            self.lines.append("sub t1, t6, sp")
            self.store("t1")
            self.dump_stack()
            self.fill(SAVED)
            self.word(f"{operation} {registers}, {size}")
            self.lines += ["li a0, 1", f"after{self.labels}: sub t1, t6, sp"]
            for name in ("t1", "a0", *SAVED):
                self.store(name)

    def moves(self) -> None:
        names = SAVED[1:9]
        for _ in range(20):
            first, second = self.rng.sample(names, 2)
            self.fill((*names, "a0", "a1"))
            self.word(f"cm.mvsa01 {first}, {second}")
            self.word(f"cm.mva01s {self.rng.choice(names)}, {self.rng.choice(names)}")
            for name in (*names, "a0", "a1"):
                self.store(name)

    def jumps(self) -> None:
        self.lines += ["la t1, table", "csrw jvt, t1"]
        for index, linking in ((0, False), (31, False), (32, True), (63, True)):
            self.labels += 1
            self.lines += [f"la t1, after{self.labels}", "la t2, table"]
            self.lines += [f"STORE t1, {self.size * (index % 32)}(t2)", "li ra, 5"]
            if index >= 32:
                self.lines += [f"addi t2, t2, {-32 * self.size}", "csrw jvt, t2"]
            self.word(f"cm.{'jalt' if linking else 'jt'} {index}")
            self.lines += [f"before{self.labels}: li ra, 7"]
            self.lines += [f"after{self.labels}: la t1, before{self.labels}", "sub t1, ra, t1"]
            if linking:
                self.store("t1")
            else:
                self.store("ra")

    def text(self) -> str:
        body = "\n".join(self.lines)
        text = HEAD + body + TAIL.replace("RESULTS", str(self.words * self.size))
        load, store = ("ld", "sd") if self.isa.xlen == 64 else ("lw", "sw")
        return text.replace("LOAD", load).replace("STORE", store).replace("jvt", "0x017")


def lists(xlen: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every list, with the sizes that it may have."""
    for count in (*range(1, 12), 13):
        saved = "" if count == 1 else ", s0" if count == 2 else f", s0-s{count - 2}"
        least = -(-count * xlen // 8 // 16) * 16
        yield f"{{ra{saved}}}", tuple(least + 16 * more for more in range(4))


@pytest.mark.parametrize("by_pointer", [True, False], ids=["pointers", "calls"])
@pytest.mark.parametrize("xlen", [32, 64])
def test_frames_and_tables_are_those_of_spike(xlen: int, by_pointer: bool, tmp_path: Path) -> None:
    isa = isa_for(f"rv{xlen}{MARCH}")
    program = Program(isa, xlen)
    for registers, sizes in lists(xlen):
        program.frame(registers, sizes)
    program.moves()
    program.jumps()
    (tmp_path / "p.s").write_text(program.text())
    tool, abi = "riscv64-unknown-elf-", "lp64" if xlen == 64 else "ilp32"
    run(tmp_path, f"{tool}as", f"-march=rv{xlen}imac_zicsr", f"-mabi={abi}", "p.s", "-o", "p.o")
    (tmp_path / "p.ld").write_text(
        "SECTIONS { .text 0x80000000 : { *(.text) } .data ALIGN(4096) : { *(.data) } }\n"
        "ENTRY(_start)\n"
    )
    link = ["-m", f"elf{xlen}lriscv", "-T", "p.ld"]
    run(tmp_path, f"{tool}ld", *link, "p.o", "-o", "p.elf")
    theirs = on_spike(tmp_path / "p.elf", f"rv{xlen}{MARCH}", words=1).ravel()
    machine = Machine(tmp_path / "p.elf", isa, by_pointer=by_pointer)
    result = machine.run()
    assert result.trap is None, result.trap
    ours = machine.array(machine.symbol("begin_signature"), np.uint64, theirs.size)
    assert theirs.size > 900
    assert (ours == theirs).all(), np.flatnonzero(ours != theirs)[:10]


def test_text_and_words() -> None:
    isa = isa_for(f"rv64{MARCH}")
    for word, text in (
        (0xB842, "cm.push {ra},-16"),
        (0xBAFE, "cm.pop {ra,s0-s11},160"),
        (0xBE5A, "cm.popret {ra,s0},48"),
        (0xBC62, "cm.popretz {ra,s0-s1},32"),
        (0xACA2, "cm.mvsa01 s1,s0"),
        (0xADFE, "cm.mva01s s3,s7"),
        (0xA07E, "cm.jt 31"),
        (0xA082, "cm.jalt 32"),
    ):
        decoded = isa.decode(word)
        assert decoded is not None
        assert format_instruction(decoded, isa) == text
        program = assemble(f".text\n{text}\n", isa)
        assert next(s.data for s in program.sections if s.data) == word.to_bytes(2, "little")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cm.push {s0}, -16", "'{s0}' is not a list of registers"),
        ("cm.push {ra, s0-s10}, -96", "'{ra, s0-s10}' is not a list of registers"),
        ("cm.pop ra, 16", "'ra' is not a list of registers"),
        ("cm.push {ra}, -8", "'{ra}' is not followed by a change of sp that it allows"),
        ("cm.push {ra}", "'{ra}' is not followed by a change of sp that it allows"),
        ("cm.pop {ra}, -16", "'{ra}' is not followed by a change of sp that it allows"),
        ("cm.jalt 5", "5 does not fit; valid is 32 to 255"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(AssemblyError) as error:
        assemble(f"{text}\n", isa_for(f"rv64{MARCH}"))
    assert sentence in str(error.value)


def test_doubles_have_the_words_already() -> None:
    with pytest.raises(IsaError, match=r"Zcmp 'cm\.push' and C 'c\.fsdsp' share words"):
        isa_for("rv64gc_zcmp")
    assert "cm.push" in isa_for("rv64imafd_zca_zcmp").instructions
