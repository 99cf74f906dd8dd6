"""Whole ELF files against `objdump -d` and `objdump -dr`."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from rvx.disassembler import disassemble_elf
from rvx.extensions import isa_for

GNU = "riscv64-unknown-elf-"

C_SOURCE = """
static int helper(int x) { volatile int y = x; return y * 3; }
double acc;
static int table[10] = {1, 2, 3};
float f(float a, float b) { return a * b + 1.0f; }
long many(long n) { return n & 1 ? many(n >> 1) + 0x123456789 : n; }
int main(int argc, char **argv) {
    int s = 0;
    for (int i = 0; i < argc; i++) { s += helper(i) + table[i % 10]; acc += f(s, i); }
    if (s > 100) return f(s, 2) > 3;
    switch (argc) {
    case 1: return 5; case 2: return 7; case 3: return 11; case 4: return 13;
    case 5: return s; case 6: return s * 3;
    }
    return (int)acc + many(s);
}
"""

DATA_SOURCE = """
    .text
f:  add a0, a0, a1
    ret
    .byte 1, 2, 3
    .half 5
    .word 0x1234567
    .dword 0x123456789
    .byte 9
    .balign 4
g:  add a0, a0, a0
    .zero 40
h:  add a0, a0, a0
    ret
    c.unimp
k:  c.unimp
    ret
    .2byte 0
    .word 0
l:  .insn 4, 0x0000000b
    .byte 0x5f, 0, 1, 2, 3, 4, 0x7f
    .section .other, "ax"
    la a0, f
    call undefined_one
    j f + 8
"""


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def assert_like_objdump(path: Path, xlen: int) -> None:
    isa = isa_for(f"rv{xlen}gc")
    for aliases in (True, False):
        for relocations in (True, False):
            options = ["-dr" if relocations else "-d", *([] if aliases else ["-M", "no-aliases"])]
            expected = run(GNU + "objdump", *options, path)
            ours = disassemble_elf(path, isa, aliases=aliases, relocations=relocations)
            if not aliases:
                ours = ours.replace("\tc.nop\n", "\tc.addi\tzero,0\n")  # the one difference
            assert ours.splitlines() == expected.splitlines()


@pytest.mark.parametrize(
    ("march", "mabi"),
    [
        ("rv64gc", "lp64d"),
        ("rv64imafd_zicsr", "lp64d"),
        ("rv32imac", "ilp32"),
        ("rv32gc", "ilp32d"),
    ],
)
@pytest.mark.parametrize("level", ["-O0", "-O2", "-Os"])
def test_compiled_objects_and_executables(
    march: str, mabi: str, level: str, tmp_path: Path
) -> None:
    source, made, linked = tmp_path / "a.c", tmp_path / "a.o", tmp_path / "a.elf"
    source.write_text(C_SOURCE)
    run(GNU + "gcc", level, f"-march={march}", f"-mabi={mabi}", "-c", source, "-o", made)
    xlen = int(march[2:4])
    assert_like_objdump(made, xlen)
    run(
        *(GNU + "ld", "-m", f"elf{xlen}lriscv", "--no-warn-rwx-segments", made, "-o", linked),
        *("--defsym=_start=main", "--unresolved-symbols=ignore-all"),
    )
    assert_like_objdump(linked, xlen)


def test_data_between_instructions(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text(DATA_SOURCE)
    run(GNU + "as", "-march=rv64gc", source, "-o", made)
    assert_like_objdump(made, 64)


@pytest.mark.parametrize(
    "lines",
    [
        '"a\x1b[31mred": nop; j "a\x1b[31mred"; 1: j 1b',
        "1: first: nop; bne x0, gp, 1b",
        ".globl beta; alpha: beta: nop; j alpha",
        ".size alpha, 4; beta: alpha: nop; j alpha",
        ".type beta, @function; .globl alpha; alpha: beta: nop; j alpha",
        ".weak beta; beta: alpha: nop; .globl gamma; gamma: delta: j alpha",
    ],
)
def test_names_of_one_place(lines: str, tmp_path: Path) -> None:
    """Which of several labels is printed, and how."""
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text(lines + "\n")
    run(GNU + "as", "-march=rv64gc", source, "-o", made)
    assert_like_objdump(made, 64)


def test_a_stripped_library_has_its_dynamic_symbols(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "a.so"
    source.write_text(".globl f; .type f, @function; f: nop; ret; .size f, 4\n")
    run(GNU + "as", "-march=rv64gc", source, "-o", tmp_path / "a.o")
    run("ld.lld", "-shared", "--strip-all", tmp_path / "a.o", "-o", made)
    assert_like_objdump(made, 64)


def test_words_of_every_length(tmp_path: Path) -> None:
    """Words of 16 to 176 bits, and beginnings of longer ones, are one line or what objdump says.

    They are code without mapping symbols, as in a stripped file: objdump takes it for instructions.
    """
    rng = random.Random(48)
    firsts = {6: (0x1F, 0x3F), 8: (0x3F, 0x7F)}
    firsts |= {10 + 2 * n: (0x7F | n << 12, 0x707F) for n in range(8)}
    halves: list[int] = []
    for _ in range(40):
        for size, (match, mask) in firsts.items():
            halves.append(match | rng.getrandbits(16) & ~mask)
            rest = 0 if match & mask == 0x707F else size // 2 - 1
            halves += [rng.choice((0, 1, rng.getrandbits(16))) for _ in range(rest)]
            halves.append(0x8082)  # ret
    source, made, linked = tmp_path / "a.s", tmp_path / "a.o", tmp_path / "a.elf"
    source.write_text("_start: ret\n" + "".join(f".2byte {half}\n" for half in halves))
    run(GNU + "as", "-march=rv64gc", source, "-o", made)
    run(GNU + "ld", "--entry=0", made, "-o", linked)
    run(GNU + "strip", linked)
    assert_like_objdump(linked, 64)


def test_insn_makes_long_words(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text("f: .insn 6, 0x00050000001f\nret\ng: .insn 8, 0x3f\nret\n")
    run(GNU + "as", "-march=rv64gc", source, "-o", made)
    assert_like_objdump(made, 64)


def test_bytes_and_names_may_be_given(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text("ret\n")
    run(GNU + "as", "-march=rv64gc", source, "-o", made)
    text = disassemble_elf(made.read_bytes(), isa_for("rv64gc"), name="a.o")
    assert text.startswith("\na.o:     file format elf64-littleriscv\n")
    assert text.endswith("   0:\t8082                \tret\n")


def test_what_is_no_riscv_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the file is damaged: Magic number"):
        disassemble_elf(b"hello", isa_for("rv64gc"))
    with pytest.raises(ValueError, match="for EM_X86_64, not for RISC-V"):
        disassemble_elf(Path("/bin/sh"), isa_for("rv64gc"))
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text("nop\n")
    run(GNU + "as", "-march=rv32i", "-mabi=ilp32", source, "-o", made)
    with pytest.raises(ValueError, match="the file is for RV32, and the ISA is RV64"):
        disassemble_elf(made, isa_for("rv64gc"))
