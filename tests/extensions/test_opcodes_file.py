"""Files in the format of riscv-opcodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rvx.extensions import isa_for, load, load_file
from rvx.isa import Extension, IsaError

LINES = """
# a comment
$import rv_i::add
$pseudo_op rv_i::addi mv rd rs1 31..20=0 14..12=0 6..2=0x04 1..0=3
xadd   rd rs1 rs2 31..25=1 14..12=0 6..2=0x02 1..0=3  # trailing
xaddi  rd rs1 imm12 14..12=1 6..2=0x02 1..0=3
xst    imm12hi rs1 rs2 imm12lo 14..12=2 6..2=0x02 1..0=3
xbeq   bimm12hi rs1 rs2 bimm12lo 14..12=3 6..2=0x02 1..0=3
# rvx: rd=f rs1=f rs2=f rs3=f
xfma   rd rs1 rs2 rs3 rm 26..25=2 6..2=0x0a 1..0=3
xany   rd rs1 24..20=ignore 31..25=2 14..12=0 6..2=0x02 1..0=3
"""

BASE = """
add     rd rs1 rs2 31..25=0  14..12=0 6..2=0x0C 1..0=3
sub     rd rs1 rs2 31..25=32 14..12=0 6..2=0x0C 1..0=3
addi    rd rs1 imm12           14..12=0 6..2=0x04 1..0=3
beq     bimm12hi rs1 rs2 bimm12lo 14..12=0 6..2=0x18 1..0=3
lui     rd imm20 6..2=0x0D 1..0=3
jal     rd jimm20 6..2=0x1b 1..0=3
csrrw   rd rs1 csr 14..12=1 6..2=0x1C 1..0=3
fence   fm pred succ rs1 14..12=0 rd 6..2=0x03 1..0=3
"""


def load_text(tmp_path: Path, text: str, name: str = "rv_xmine") -> Extension:
    path = tmp_path / name
    path.write_text(text)
    (extension,) = load_file(path)
    return extension


def test_lines_become_encodings_without_bodies(tmp_path: Path) -> None:
    extension = load_text(tmp_path, LINES)
    assert extension.name == "Xmine"
    shapes = {name: made.syntax.text for name, made in extension.instructions.items()}
    assert shapes == {
        "xadd": "xadd rd:x, rs1:x, rs2:x",
        "xaddi": "xaddi rd:x, rs1:x, imm:s",
        "xst": "xst rs1:x, rs2:x, imm:s",
        "xbeq": "xbeq rs1:x, rs2:x, offset:target",
        "xfma": "xfma rd:f, rs1:f, rs2:f, rs3:f, rm:rm",
        "xany": "xany rd:f, rs1:f",
    }
    assert all(made.body is None for made in extension.instructions.values())
    isa = isa_for("rv64gc", [extension])
    assert isa.decode(0x0200008B | 1 << 15) is not None
    assert isa.decode(0x05F0008B) is not None, "ignored bits are not compared"


def test_standard_lines_encode_as_the_declared_base_does(tmp_path: Path) -> None:
    extension = load_text(tmp_path, BASE)
    for made in extension.instructions.values():
        home = load("zicsr" if made.mnemonic.startswith("csr") else "i")
        pattern = home.instructions[made.mnemonic].pattern
        assert pattern.match == made.pattern.match
        for name, field in pattern.fields.items():
            assert made.pattern.fields[name].insert(-1) == field.insert(-1)


@pytest.mark.parametrize(
    ("prefix", "xlens"), [("rv32_", (32,)), ("rv64_", (64,)), ("rv_", (32, 64))]
)
def test_the_file_name_says_the_width(tmp_path: Path, prefix: str, xlens: tuple[int, ...]) -> None:
    extension = load_text(tmp_path, LINES, f"{prefix}xmine")
    assert extension.name == "Xmine"
    assert all(made.xlens == xlens for made in extension.instructions.values())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("xa rd 31..25=0", "bits 24 to 12 are not given"),
        ("xa rd rs1 rs2 31..25=0 14..12=0 6..2=2", "bits 1 to 0 are not given"),
        ("xa rd rs1 imm12 31..25=0 14..12=0 6..2=2 1..0=3", "bit 31 is given twice"),
        ("xa rd rs1 rs9 14..12=0", "'rs9' is neither bits such as 31..25=0 nor an argument"),
        ("xa rd 31..12=0 6..2=64 1..0=3", "'6..2=64': 0x40 does not fit 5 bits"),
        ("xa rd 31..12=0 2..6=4 1..0=3", "'2..6=4': the higher bit comes first, as in 6..2=0"),
        ("xa rd 31..12=0 6..2=four 1..0=3", "'6..2=four': 'four' is not a number"),
        ("# rvx: rd", "after '# rvx:' stand the register files of rd, rs1, rs2, rs3"),
        ("# nothing", "declares no instruction"),
    ],
)
def test_what_is_wrong_in_a_line_is_said(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "rv_xmine"
    path.write_text(line + "\n")
    with pytest.raises(IsaError) as error:
        load_file(path)
    assert sentence in str(error.value)
    assert str(path) in str(error.value)
