"""Encodings of smallfloat: published tables, other spellings, what does not go together."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rvx.assembler import assemble
from rvx.disassembler import format_instruction
from rvx.extensions import isa_for, load, load_file
from rvx.isa import Instruction, Isa, IsaError
from rvx.isa.operands import ImmediateKind, RegisterKind, RoundingKind

DATA = Path(__file__).parent / "data"
OCCAMY = isa_for("rv64gc_xsmallfloat")
OLD = isa_for("rv64gc_xsflt")
WITH_ROUNDING_FIELD = {"fcvt.s.h", "fcvt.d.h"}
"""Zfh has a field where Occamy's table fixes rm = 000."""


def rows(file: str) -> dict[str, tuple[int, int, str]]:
    """Mask, match, and the instruction that a row is another spelling of, by mnemonic."""
    found = {}
    for line in (DATA / file).read_text().splitlines():
        if not line.startswith("#"):
            name, mask, match, *target = line.split()
            found[name] = (int(mask, 16), int(match, 16), target[0] if target else name)
    return found


PUBLISHED = rows("occamy_opcodes.txt")
PUBLISHED_OLD = rows("xsflt_opcodes.txt")


def random_word(made: Instruction, mask: int, match: int, draw: random.Random) -> int:
    """A word of a published instruction, with operands that the encoding leaves open."""
    word = match | draw.getrandbits(32) & ~mask
    for operand in made.operands.values():
        if isinstance(operand.kind, RoundingKind):
            word = word & ~(7 << 12) | draw.choice((0, 1, 2, 3, 4, 7)) << 12
    return word


def written(mnemonic: str, made: Instruction, draw: random.Random) -> tuple[str, int]:
    """A line of source, and the word that it stands for."""
    values, texts = {}, {}
    for name, operand in made.operands.items():
        if isinstance(operand.kind, RegisterKind):
            values[name] = draw.randrange(32)
            texts[name] = f"{operand.kind.file.name}{values[name]}"
        elif isinstance(operand.kind, ImmediateKind):
            values[name] = draw.randrange(-2048, 2048)
            texts[name] = str(values[name])
        else:
            values[name] = draw.choice((1, 4))
            texts[name] = {1: "rtz", 4: "rmm"}[values[name]]
    shown = [
        f"{texts[slot.name]}({texts[slot.base]})" if slot.base else texts[slot.name]
        for slot in made.syntax.slots
    ]
    return f"{mnemonic} {', '.join(shown)}", made.encode(values)


def test_the_tables_are_whole() -> None:
    declared = {made.mnemonic for made in load("xsmallfloat").instructions.values()}
    assert len(PUBLISHED) == 500
    assert {target for _, _, target in PUBLISHED.values()} == declared


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_word_is_one_instruction_and_encodes_to_itself(name: str) -> None:
    mask, match, target = PUBLISHED[name]
    draw = random.Random(name)
    made = OCCAMY.instructions[target]
    assert made.extension == "Xsmallfloat"
    assert made.pattern.match == match
    own_mask = made.pattern.mask | (7 << 12 if target in WITH_ROUNDING_FIELD else 0)
    assert own_mask == mask
    for word in [match, *(random_word(made, mask, match, draw) for _ in range(20))]:
        decoded = OCCAMY.decode(word)
        assert decoded is not None
        assert decoded.instruction is made
        assert made.encode(decoded.values) == word
        takers = [one for one in OCCAMY.instructions.values() if one.accepts(word)]
        assert takers == [made]


def assembled_and_back(isa: Isa, table: dict[str, tuple[int, int, str]]) -> None:
    """Every mnemonic of a table is assembled; the printed form of its word gives it again."""
    draw = random.Random(len(table))
    lines, words = [], []
    for name, (_, _, target) in table.items():
        for _ in range(3):
            line, word = written(name, isa.instructions[target], draw)
            lines.append(line)
            words.append(word)
    for source in (lines, [shown(isa, word) for word in words]):
        program = assemble(".option norvc\n" + "\n".join(source) + "\n", isa)
        (text,) = (segment.data for segment in program.segments if segment.data)
        got = [int.from_bytes(text[at : at + 4], "little") for at in range(0, 4 * len(words), 4)]
        assert got == words


def shown(isa: Isa, word: int) -> str:
    decoded = isa.decode(word)
    assert decoded is not None
    return format_instruction(decoded, isa)


def test_every_spelling_is_assembled_and_printed_without_the_alternate() -> None:
    assembled_and_back(OCCAMY, PUBLISHED)
    assert shown(OCCAMY, PUBLISHED["vfdotpex.ah.ab"][1]).startswith("vfdotpex.h.b")
    assert shown(OCCAMY, PUBLISHED["flab"][1]).startswith("flb")


@pytest.mark.parametrize("name", PUBLISHED_OLD)
def test_an_old_word_is_one_instruction(name: str) -> None:
    mask, match, _ = PUBLISHED_OLD[name]
    made = OLD.instructions[name]
    assert (made.pattern.mask, made.pattern.match) == (mask, match)
    assert [one for one in OLD.instructions.values() if one.accepts(match)] == [made]


def test_the_old_encoding_is_assembled_and_printed() -> None:
    assembled_and_back(OLD, PUBLISHED_OLD)
    assert shown(OLD, 0x96002033).startswith("vfdotpex.s.h")
    assert shown(OCCAMY, 0x96002033).startswith("vfdotpex.h.b")


def test_the_scalars_of_16_bits_are_those_of_zfh() -> None:
    for made in load("zfh").instructions.values():
        ours = OCCAMY.instructions[made.mnemonic]
        assert ours.pattern.match == made.pattern.match
        assert ours.pattern.mask == made.pattern.mask
        assert ours.operands == made.operands
    both = isa_for("rv64gc_zfh_xsmallfloat")
    assert both.instructions["fadd.h"].extension == "Xsmallfloat"
    assert isa_for("rv64gc_zfh").instructions["fadd.h"].extension == "Zfh"


@pytest.mark.parametrize(
    ("march", "sentence"),
    [
        (
            "rv64gc_xsmallfloat_xsflt",
            "Xsflt and Xsmallfloat cannot be loaded together: both encode",
        ),
        ("rv64gc_xsflt_zfbfmin", "Xsflt and Zfbfmin cannot be loaded together: fcvt.s.bf16 is"),
        ("rv32if_xsmallfloat32_xsflt", "cannot be loaded together"),
        ("rv64gc_xsmallfloat32", "Xsmallfloat32 and D cannot be loaded together: f registers of"),
        ("rv32if_xsmallfloat32_xsmallfloat", "Xsmallfloat32 and D cannot be loaded together"),
    ],
)
def test_encodings_that_clash_are_refused(march: str, sentence: str) -> None:
    with pytest.raises(IsaError) as error:
        isa_for(march)
    assert sentence in str(error.value)


RATIFIED = {
    "quad": ("fadd.q rd rs1 rs2 31..27=0x00 rm 26..25=3 6..2=0x14 1..0=3", "fadd.b"),
    "loads": ("vle8.v rs1 vd nf 28=0 27..26=0 vm 24..20=0 14..12=0x0 6..0=0x07", "flb"),
    "stores": ("vse8.v rs1 vd nf 28=0 27..26=0 vm 24..20=0 14..12=0x0 6..0=0x27", "fsb"),
}


@pytest.mark.parametrize("name", RATIFIED)
def test_ratified_encodings_that_clash_are_refused(name: str, tmp_path: Path) -> None:
    line, ours = RATIFIED[name]
    path = tmp_path / name
    path.write_text(line.replace(" vd", " rd") + "\n")
    (extension,) = load_file(path)
    with pytest.raises(IsaError) as error:
        isa_for("rv64gc_xsmallfloat", [extension])
    assert f"'{ours}'" in str(error.value)
    assert line.split()[0] in str(error.value)
    assert "share words" in str(error.value)


@pytest.mark.parametrize(("file", "name"), [("rv_q", "Q"), ("rv_zve32x", "Zve32x")])
def test_ratified_extensions_that_clash_are_refused_by_name(
    file: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / file
    path.write_text("harmless rd rs1 rs2 31..25=1 14..12=7 6..2=0x16 1..0=3\n")
    with pytest.raises(IsaError, match=f"Xsmallfloat and {name} cannot be loaded together"):
        isa_for("rv64gc_xsmallfloat", [path])


def test_the_wide_dot_product_of_spatz_is_bfloat16_multiply_add_of_the_vector_extension(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / "spatz", tmp_path / "rv_zvfbfwma"]
    for path, name in zip(paths, ("vfwdotp.vv", "vfwmaccbf16.vv"), strict=True):
        path.write_text(f"{name} rd rs1 rs2 vm 31..26=0x3b 14..12=0x1 6..0=0x57\n")
    with pytest.raises(IsaError, match="share words") as error:
        isa_for("rv64gc", paths)
    assert "'vfwdotp.vv'" in str(error.value)
    assert "'vfwmaccbf16.vv'" in str(error.value)


def test_posits_and_repetition_are_both_in_custom_0() -> None:
    with pytest.raises(IsaError) as error:
        isa_for("rv64gc_xposit_xfrep_xsmallfloat")
    assert "Xposit" in str(error.value)
    assert "Xfrep" in str(error.value)
