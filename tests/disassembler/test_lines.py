"""Source lines against `objdump -dl` and `objdump -S`, of objects and of programs."""

from pathlib import Path

import pytest

from rvx.assembler import assemble
from rvx.disassembler import disassemble_elf
from rvx.disassembler.lines import LineTable
from rvx.extensions import isa_for

from .test_elf import GNU, run

C_SOURCE = """
static inline __attribute__((always_inline)) int twice(int x) { return x + x; }
static int third(int x)
{
    int y = x / 3;
    return y;
}

int main(int argc, char **argv)
{
    int sum = 0;

    for (int i = 0; i < argc; i++) {
        sum += twice(third(i));
        if (sum > 100)
            break;
    }



    switch (argc) {
    case 1: return 5;
    case 2: return third(sum);
    case 3: return 11;
    case 4: return argv[0][0];
    case 5: return sum;
    }
    return sum;
}
"""
ASSEMBLY = """
    .globl _start
    .macro twice reg
    add \\reg, \\reg, \\reg
    addi \\reg, \\reg, 1
    .endm
_start:
    li a0, 0x12345
    twice a0

    # a comment
    beqz a0, _start
    .section .text.other, "ax"
other: ret
"""
OPTIONS = [
    (["-dl"], {"lines": True}),
    (["-S"], {"source_text": True}),
    (["-drlS"], {"lines": True, "source_text": True, "relocations": True}),
]


def assert_like_objdump(path: Path, xlen: int) -> None:
    for flags, options in OPTIONS:
        expected = run(GNU + "objdump", *flags, path)
        ours = disassemble_elf(path, isa_for(f"rv{xlen}gc"), **options)
        assert ours.splitlines() == expected.splitlines()


@pytest.mark.parametrize(("march", "mabi"), [("rv64gc", "lp64d"), ("rv32imac", "ilp32")])
@pytest.mark.parametrize("flags", ["-O0", "-O1", "-O2 -gdwarf-4", "-Os -ffunction-sections"])
def test_compiled_code(march: str, mabi: str, flags: str, tmp_path: Path) -> None:
    source, made, linked = tmp_path / "a.c", tmp_path / "a.o", tmp_path / "a.elf"
    source.write_text(C_SOURCE)
    options = ["-g", *flags.split(), f"-march={march}", f"-mabi={mabi}", "-mcmodel=medany"]
    run(GNU + "gcc", *options, "-c", source, "-o", made)
    xlen = int(march[2:4])
    assert_like_objdump(made, xlen)
    run(
        *(GNU + "ld", "-m", f"elf{xlen}lriscv", "--no-warn-rwx-segments", made, "-o", linked),
        *("--defsym=_start=main", "--unresolved-symbols=ignore-all"),
    )
    assert_like_objdump(linked, xlen)


def test_a_program_that_rvx_links_keeps_its_lines(tmp_path: Path) -> None:
    source, made, linked = tmp_path / "a.c", tmp_path / "a.o", tmp_path / "a.elf"
    source.write_text(C_SOURCE)
    run(GNU + "gcc", "-g", "-O1", "-mcmodel=medany", "-c", source, "-o", made)
    start = ".globl _start\n_start: call main\n1: j 1b\n"
    assemble([start, made], isa_for("rv64gc"), name="start.s", debug=True).write_elf(linked)
    assert_like_objdump(linked, 64)
    shown = disassemble_elf(linked, isa_for("rv64gc"), lines=True)
    assert f"main():\n{source}:10" in shown
    assert "start.s:2" in shown


@pytest.mark.parametrize("xlen", [32, 64])
def test_lines_of_assembly_sources(xlen: int, tmp_path: Path) -> None:
    source, linked = tmp_path / "a.s", tmp_path / "a.elf"
    source.write_text(ASSEMBLY)
    assemble(source, isa_for(f"rv{xlen}gc"), debug=True).write_elf(linked)
    for flags, options in OPTIONS:
        expected = run(GNU + "objdump", *flags, linked)
        ours = disassemble_elf(linked, isa_for(f"rv{xlen}gc"), **options)
        # objdump knows no functions of assembly, and then names none.
        wanted = [line for line in expected.splitlines() if not line.endswith("():")]
        assert [line for line in ours.splitlines() if not line.endswith("():")] == wanted
    table = LineTable(linked.read_bytes())
    found = [table.find(0x80000000 + at) for at in (0, 2, 6, 8, 10)]
    assert [line.line if line else None for line in found] == [8, 8, 9, 9, 12]


def test_without_debug_information_there_are_no_lines(tmp_path: Path) -> None:
    made = assemble("nop\n", isa_for("rv64gc")).to_elf()
    table = LineTable(made)
    assert table.find(0x80000000) is None
    assert table.function(0x80000000) == ""


def test_damaged_debug_information_is_said() -> None:
    made = bytearray(assemble("nop\n", isa_for("rv64gc"), debug=True).to_elf())
    at = made.find(b"\x05\x00\x01\x08")  # the version of .debug_info
    made[at] = 77
    with pytest.raises(ValueError, match="the debug information is damaged"):
        LineTable(bytes(made))
