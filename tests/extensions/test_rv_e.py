"""RV32E: 16 registers, in every extension; what GNU as refuses, and how it marks its objects."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import AssemblyError, assemble
from rvx.cli.sources import choose_isa, read_elf
from rvx.emulator import Machine, TrapKind
from rvx.extensions import isa_for
from rvx.isa import Isa
from rvx.isa.operands import RegisterKind
from rvx.isa.registers import X

E, WHOLE = (isa_for(f"rv32{base}mac_zicsr_zba_zbb") for base in "ei")


def fields(isa: Isa, mnemonic: str) -> list[tuple[str, int]]:
    """Operands that are x registers, and the bit of each that tells the upper half."""
    operands = isa.instructions[mnemonic].operands.items()
    return [
        (name, operand.field.insert(16))
        for name, operand in operands
        if isinstance(operand.kind, RegisterKind)
        and operand.kind.file is X
        and operand.field.pieces
        and operand.field.width == 5
    ]


def test_words_that_name_the_other_half_are_none() -> None:
    assert E.instructions.keys() == WHOLE.instructions.keys()
    seen = 0
    for mnemonic, made in WHOLE.instructions.items():
        word = made.pattern.default
        if WHOLE.find(word) is not made:
            continue
        assert E.find(word) is E.instructions[mnemonic]
        for name, bit in fields(WHOLE, mnemonic):
            found = WHOLE.find(word | bit)
            if found is made:
                seen += 1
                assert E.find(word | bit) is None, (mnemonic, name)
    assert seen > 150


LINES = {
    "add a0, a1, a2": True,
    "add a0, a1, a6": False,
    "add x16, a1, a2": False,
    "add a0, t3, a2": False,
    "lw a5, 8(sp)": True,
    "lw s2, 8(sp)": False,
    "sw a0, 0(s4)": False,
    "beq a0, x31, .": False,
    "csrr t0, mepc": True,
    "csrw mepc, t6": False,
    "c.mv a0, a7": False,
    "c.mv a0, s1": True,
    "c.addi t5, 1": False,
    "amoadd.w a0, a1, (s11)": False,
    "mul a0, a1, t2": True,
    "sh1add a0, a1, s7": False,
    "li a7, 93": False,
    "call there": True,
    "tail there": True,
}


@pytest.mark.parametrize("line", LINES, ids=str)
def test_lines_are_those_that_gnu_as_takes(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.s").write_text(f"{line}\n")
    march = ["-march=rv32emac_zicsr_zba_zbb", "-mabi=ilp32e"]
    command = ["riscv64-unknown-elf-as", *march, "a.s", "-o", "a.o"]
    gnu = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (gnu.returncode == 0) is LINES[line]
    if LINES[line]:
        assemble(f"there: {line}\n", E)
        return
    with pytest.raises(AssemblyError, match=r"cannot stand here; valid are .*x15"):
        assemble(f"there: {line}\n", E)


@pytest.mark.parametrize("march", ["rv32e", "rv32emc"])
def test_files_say_that_they_are_of_rv32e(tmp_path: Path, march: str) -> None:
    """Flags and architecture are those that GNU as writes, and the file needs no --march."""
    source = "_start: li t0, 93\n li a0, 7\n ecall\n"
    (tmp_path / "a.s").write_text(source)
    command = ["riscv64-unknown-elf-as", f"-march={march}", "-mabi=ilp32e", "a.s", "-o", "a.o"]
    subprocess.run(command, cwd=tmp_path, check=True)
    ours = tmp_path / "a.elf"
    ours.write_bytes(assemble(source, isa_for(march)).to_elf())
    said = []
    for file in (tmp_path / "a.o", ours):
        shown = ["riscv64-unknown-elf-readelf", "-hA", str(file)]
        text = subprocess.run(shown, capture_output=True, check=True, text=True).stdout
        lines = [line.split(":", 1)[1] for line in text.splitlines() if "Flags:" in line]
        said.append(lines + [line for line in text.splitlines() if "Tag_RISCV_arch" in line])
    assert said[0] == said[1]
    theirs = tmp_path / "b.elf"
    link = ["riscv64-unknown-elf-ld", "-m", "elf32lriscv", "a.o", "-o", str(theirs)]
    subprocess.run(link, cwd=tmp_path, check=True)
    for file in (ours, theirs):
        isa = choose_isa(None, None, read_elf(file, file.read_bytes()))
        assert isa.has_half
        assert Machine(file, isa).run().exit_code == 7


WAYS: dict[str, dict[str, Any]] = {
    "interpreted": {"backend": "python"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "region": {"tier": "region"},
}


@pytest.mark.parametrize("given", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("word", [".word 0x00b50833", ".half 0x882e", ".word 0x0105a503"], ids=str)
def test_the_other_half_traps_in_every_tier(word: str, given: dict[str, Any]) -> None:
    """add a6, a0, a1; mv a6, a1; and lw a0, 16(a1), which names no register of that half."""
    counting = " li t1, 300\n1: addi t1, t1, -1\n bnez t1, 1b\n"
    source = f"_start: li t0, 93\n la a1, _start\n{counting} {word}\n li a0, 5\n ecall\n"
    result = Machine(assemble(source, E), E, **given).run()
    if "0105a503" in word:
        assert result.exit_code == 5
    else:
        assert result.trap is not None
        assert result.trap.kind == TrapKind.ILLEGAL_INSTRUCTION
        assert result.instructions > 600
