"""Files in the format of riscv-opcodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rvx.errors import ExtensionNote
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


FLOATS = """
flw       rd rs1 imm12 14..12=2 6..2=0x01 1..0=3
fsw       imm12hi rs1 rs2 imm12lo 14..12=2 6..2=0x09 1..0=3
fmadd.s   rd rs1 rs2 rs3 rm 26..25=0 6..2=0x10 1..0=3
fcvt.w.s  rd rs1 24..20=0 31..27=0x18 rm       26..25=0 6..2=0x14 1..0=3
fmv.x.w   rd rs1 24..20=0 31..27=0x1C 14..12=0 26..25=0 6..2=0x14 1..0=3
feq.s     rd rs1 rs2      31..27=0x14 14..12=2 26..25=0 6..2=0x14 1..0=3
fcvt.s.w  rd rs1 24..20=0 31..27=0x1A rm       26..25=0 6..2=0x14 1..0=3
fcvtfoo   rd rs1 24..20=2 31..27=0x1A rm       26..25=0 6..2=0x14 1..0=3
vfadd.vf  31..26=0x00 vm vs2 rs1 14..12=0x5 vd 6..0=0x57
vfmv.f.s  31..26=0x10 25=1 vs2 19..15=0 14..12=0x1 rd 6..0=0x57
c.fld     rd_p rs1_p c_uimm8lo c_uimm8hi 1..0=0 15..13=1
"""


def test_names_of_standard_instructions_say_which_registers_they_have(tmp_path: Path) -> None:
    extension = load_text(tmp_path, FLOATS)
    assert [made.syntax.text for made in extension.instructions.values()] == [
        "flw rd:f, rs1:x, imm:s",
        "fsw rs1:x, rs2:f, imm:s",
        "fmadd.s rd:f, rs1:f, rs2:f, rs3:f, rm:rm",
        "fcvt.w.s rd:x, rs1:f, rm:rm",
        "fmv.x.w rd:x, rs1:f",
        "feq.s rd:x, rs1:f, rs2:f",
        "fcvt.s.w rd:f, rs1:x, rm:rm",
        "fcvtfoo rd:x, rs1:x, rm:rm",
        "vfadd.vf vd:v, rs1:f, vs2:v, vm:vm",
        "vfmv.f.s rd:f, vs2:v",
        "c.fld rd:fc, rs1:xc, imm:u",
    ]


def test_imports_are_found_beside_the_file_and_in_the_folder_of_drafts(tmp_path: Path) -> None:
    (tmp_path / "unratified").mkdir()
    (tmp_path / "rv_base").write_text("xadd rd rs1 rs2 31..25=1 14..12=0 6..2=2 1..0=3\n")
    (tmp_path / "unratified" / "rv_draft").write_text(
        "xsq rd rs1 31..20=7 14..12=0 6..2=2 1..0=3\n"
    )
    text = "$import rv_base::xadd\n$import rv_draft::xsq\n"
    extension = load_text(tmp_path, text, "rv64_xboth")
    assert extension.instructions.keys() == {"xadd/64", "xsq/64"}
    draft = tmp_path / "unratified" / "rv_xdraft"
    draft.write_text("$import rv_base::xadd\n")
    assert load_file(draft)[0].instructions.keys() == {"xadd"}


def test_a_spelling_of_an_own_instruction_is_an_alias(tmp_path: Path) -> None:
    text = """
xop    rd rs1 rs2 31..25=1 14..12=0 6..2=2 1..0=3
$pseudo_op rv_xmine::xop xnop 31..25=1 24..20=0 19..15=0 14..12=0 11..7=0 6..2=2 1..0=3
$pseudo_op rv_xmine::xop xdup rd rs1 rs2=rs1 31..25=1 14..12=0 6..2=2 1..0=3
$pseudo_op rv_xmine::xop xswap rd rs2 rs1 31..25=1 14..12=0 6..2=2 1..0=3
"""
    extension = load_text(tmp_path, text)
    found = {one.syntax.text: (dict(one.bindings), one.is_printed) for one in extension.aliases}
    assert found == {
        "xnop": ({"rd": 0, "rs1": 0, "rs2": 0}, True),
        "xdup rd:x, rs1:x": ({"rd": "rd", "rs1": "rs1", "rs2": "rs1"}, True),
        "xswap rd:x, rs1:x, rs2:x": ({"rd": "rd", "rs1": "rs1", "rs2": "rs2"}, False),
    }
    assert extension.instructions.keys() == {"xop"}


def test_a_spelling_of_a_shipped_instruction_is_an_alias_of_that(tmp_path: Path) -> None:
    text = "$pseudo_op rv_zicsr::csrrs xtime rd 19..15=0 31..20=0xC01 14..12=2 6..2=0x1C 1..0=3\n"
    extension = load_text(tmp_path, text)
    (alias,) = extension.aliases
    assert (alias.target, dict(alias.bindings)) == ("csrrs", {"rd": "rd", "csr": 0xC01, "rs1": 0})
    assert extension.requires == ("Zicsr",)
    assert isa_for("rv64gc", [extension]).aliases["xtime"] == [alias]


def test_a_spelling_that_fixes_a_part_of_an_operand_is_an_instruction(tmp_path: Path) -> None:
    text = "$pseudo_op rv_i::ori xfetch rs1 imm12hi 24..20=9 14..12=6 11..7=0 6..2=4 1..0=3\n"
    extension = load_text(tmp_path, text)
    made = extension.instructions["xfetch"]
    assert (made.pattern.mask, made.pattern.match) == (0x01F07FFF, 0x00906013)
    assert "ori" in made.overlaps
    decoded = isa_for("rv64gc", [extension]).decode(0x00906013)
    assert decoded is not None
    assert decoded.instruction is made


def test_loads_of_segments_are_eight_instructions(tmp_path: Path) -> None:
    text = "xle8.v nf 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..2=2 1..0=3\n"
    extension = load_text(tmp_path, text)
    assert list(extension.instructions)[:3] == ["xle8.v", "xlseg2e8.v", "xlseg3e8.v"]
    assert extension.instructions["xlseg8e8.v"].pattern.match == 7 << 29 | 0x0B


def test_arguments_of_a_table_beside_the_file_are_known(tmp_path: Path) -> None:
    (tmp_path / "arg_lut.csv").write_text('"rd", 11, 7\n"lane", 26, 25\n')
    text = "xpick rd rs1 lane 31..27=3 24..20=0 14..12=0 6..2=2 1..0=3\n"
    extension = load_text(tmp_path, text)
    assert extension.instructions["xpick"].syntax.text == "xpick rd:x, rs1:x, lane:u"


def test_bits_that_nothing_gives_are_not_compared_and_are_noted(tmp_path: Path) -> None:
    with pytest.warns(ExtensionNote, match="'xa' does not say what bits 31 to 25 are"):
        extension = load_text(tmp_path, "xa rd rs1 rs2 14..12=0 6..2=2 1..0=3\n")
    assert extension.instructions["xa"].pattern.mask == 0x707F


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("$import rv_none::xa", "only imports, from 'rv_none', which is neither beside it nor"),
        ("$import", "is neither $import FILE::NAME nor $pseudo_op FILE::OF NAME and arguments"),
        ("$pseudo_op rv_i::addi", "a name and arguments are missing"),
        ("# rvx: registers p 32", "as in: registers p 32 64"),
        ("# rvx: argument nothing imm[11:5]", "as in: argument imm12hi imm[11:5]"),
        ("xa rd 31..12=0 6..2=2 1..0=3\nxa rd 31..12=1 6..2=2 1..0=3", "'xa' stands twice"),
    ],
)
def test_what_is_wrong_in_the_other_lines_is_said(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "rv_xmine"
    path.write_text(line + "\n")
    with pytest.raises(IsaError) as error:
        load_file(path)
    assert sentence in str(error.value)
    assert str(path) in str(error.value)
