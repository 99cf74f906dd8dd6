"""Hand-written sources: whole objects as GNU as makes them."""

from pathlib import Path

import pytest

from rvx.assembler.elf.relocatable import relocatable

from .conftest import Gnu, own_object, own_sections
from .whole_object import whole_object

FOLDER = Path(__file__).parent / "sources"
MISPLACED_MARKS = {"code_alignment"}
"""Where GNU as puts `$d` into the middle of instructions: it notes places before relaxation."""
SOURCES = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.s"))}


@pytest.mark.parametrize("relax", [False, True], ids=["norelax", "relax"])
@pytest.mark.parametrize("name", SOURCES)
def test_object_equals_gnu(gnu: Gnu, name: str, relax: bool) -> None:
    source = SOURCES[name]
    ours = whole_object(relocatable(own_object(source, relax=relax)))
    path = gnu.object(source, "rv64gc", *(() if relax else ("-mno-relax",)))
    theirs = whole_object(path.read_bytes())
    if name in MISPLACED_MARKS:
        del theirs["code and data"]
    for part, expected in theirs.items():
        assert ours[part] == expected, part


@pytest.mark.parametrize(
    "name", ["numbers", "branches", "code_alignment", "comments", "floats", "numbers_of_64_bits"]
)
def test_source_equals_gnu_for_rv32(gnu: Gnu, name: str) -> None:
    source = SOURCES[name]
    assert own_sections(own_object(source, "rv32gc")) == gnu.sections(source, "rv32gc")


def test_patterns_of_32_bits_are_not_compressed(gnu: Gnu) -> None:
    source = "\n".join(
        (
            "addi a0, a0, 0xffffffff",
            "addi a0, a0, -4294967295",
            "slli a0, a0, -4294967295",
            "li a0, 0xffffffff",
            "li a0, -4294967295",
            "lw a0, 0xffffffff(a0)",
            ".reloc 0, R_RISCV_NONE, far + 0x100000000\n",
        )
    )
    assert own_sections(own_object(source, "rv32gc")) == gnu.sections(source, "rv32gc")


def test_csr_names(gnu: Gnu) -> None:
    names = "fflags frm fcsr cycle time instret mstatus mtvec mepc mcause mhartid misa satp sstatus"
    lines = [f"csrr a0, {name}\ncsrw {name}, a1" for name in names.split()]
    source = "\n".join([*lines, "csrrwi a0, 0x7c0, 5", "csrrs x0, 0xc00, x0", ""])
    assert own_sections(own_object(source)) == gnu.sections(source)


def test_newer_csr_names_are_their_addresses() -> None:
    """Names that binutils 2.40 does not know yet; the addresses are those of riscv-opcodes."""
    for name, address in {"ssp": 0x011, "srmcfg": 0x181, "mnepc": 0x741, "sireg6": 0x157}.items():
        assert own_sections(own_object(f"csrr a0, {name}\n")) == own_sections(
            own_object(f"csrr a0, {address:#x}\n")
        )


@pytest.mark.parametrize("march", ["rv64imac", "rv32imac_zicsr"])
@pytest.mark.parametrize(
    "lines",
    [
        ".option norvc|nop",
        ".option push|.option norvc|nop|.option pop|nop",
        ".option arch, +zba|nop",
        ".option arch, -c|nop",
        ".option rvc|nop",
        "nop|.option arch, +v|nop",
        ".option arch, +v, +zvl256b|.option arch, +zba|nop",
        ".option arch, +zve32x|nop|.option arch, +v|vsetvli a0, a0, e8, m1, ta, ma",
        ".option push|.option arch, +zbb|.option pop|nop",
        ".option arch, XLENi|nop",
        ".option arch, XLENimafdc_zbb|andn a0, a0, a0",
        ".option norvc|.data|.word 1",
    ],
)
def test_the_architecture_at_the_end_is_noted(gnu: Gnu, lines: str, march: str) -> None:
    source = lines.replace("|", "\n").replace("XLEN", march[:4]) + "\n"
    objects = (relocatable(own_object(source, march)), gnu.object(source, march).read_bytes())
    ours, theirs = (
        [each for each in whole_object(data)["sections"] if each[0] == ".riscv.attributes"]
        for data in objects
    )
    assert ours == theirs


def test_extensions_of_a_part_are_noted(gnu: Gnu) -> None:
    """GNU as forgets at `.option pop` that the code needs more than `-march` says."""
    source = ".option push\n.option arch, +zfh\nfadd.h fa0, fa1, fa2\n.option pop\nnop\n"
    ours = own_object(source)
    assert own_sections(ours) == gnu.sections(source)
    assert "Zfh" in ours.extensions
    assert "_zfh1p0" in str(ours.attributes[5])
