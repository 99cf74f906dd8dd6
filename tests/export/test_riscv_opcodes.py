"""Files of riscv-opcodes, read again by a parser of the format's own rules, and by rvx."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from rvx.errors import ExtensionNote
from rvx.export.targets import export
from rvx.extensions import load, load_file
from rvx.extensions.catalogue import SHIPPED
from rvx.extensions.opcodes_arguments import ARGUMENTS
from rvx.isa import Extension, Instruction

WIDTHS = {"rv": (32, 64), "rv32": (32,), "rv64": (64,)}
FIXED = re.compile(r"(\d+)(?:\.\.(\d+))?=(\w+)")


def parsed(text: str, table: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Mask and match by mnemonic, by the rules of the repository's README: no bit stands twice."""
    found: dict[str, tuple[int, int]] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        if words[0] == "$pseudo_op":
            assert re.fullmatch(r"rv(32|64)?_\w+::\S+", words[1])
            words = words[2:]
        mask = match = taken = 0
        for word in words[1:]:
            fixed = FIXED.fullmatch(word)
            if fixed:
                high, low = int(fixed[1]), int(fixed[2] or fixed[1])
                bits = (1 << high - low + 1) - 1 << low
                mask |= bits
                match |= int(fixed[3], 0) << low
                assert match & ~mask == 0, line
            else:
                high, low = table[word.partition("=")[0]]
                bits = (1 << high - low + 1) - 1 << low
            assert not taken & bits, f"bits stand twice in {line}"
            taken |= bits
        found.setdefault(words[0], (mask, match))
    return found


def table_of(files: dict[str, str]) -> dict[str, tuple[int, int]]:
    rows = (line.split(",") for line in files.get("arg_lut.csv", "").splitlines())
    added = {name.strip('"'): (int(high), int(low)) for name, high, low in rows}
    return {name: (one.msb, one.lsb) for name, one in ARGUMENTS.items()} | added


def meaning(made: Instruction) -> list[tuple[str, dict[int, int]]]:
    """Operands in order: kind, and the bit of the value by the bit of the word."""
    return [
        (
            operand.kind.name,
            {p.word_lsb + i: p.value_lsb + i for p in operand.field.pieces for i in range(p.bits)},
        )
        for operand in made.operands.values()
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_instruction_is_read_back(name: str, tmp_path: Path) -> None:
    extension = load(name)
    made = export("riscv-opcodes", [extension])
    table = table_of(made.files)
    unsaid = {sentence.partition(":")[0] for sentence in made.left_out}
    for file, text in made.files.items():
        (tmp_path / file).write_text(text)
    for file in made.files.keys() - {"arg_lut.csv"}:
        prefix = file.partition("_")[0]
        own = [one for one in extension.instructions.values() if one.xlens == WIDTHS[prefix]]
        words = parsed(made.files[file], table)
        for one in own:
            found = words.get(one.mnemonic) or words[f"{one.mnemonic}_rv32"]
            assert found == (one.pattern.mask, one.pattern.match), one.mnemonic
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExtensionNote)  # bits that a pattern leaves loose
            (back,) = load_file(tmp_path / file)
        again = {one.mnemonic: one for one in back.instructions.values()}
        spelled = {alias.syntax.mnemonic for alias in back.aliases}
        for one in own:
            if one.mnemonic not in again:
                assert one.mnemonic in spelled, one.mnemonic
            elif one.mnemonic not in unsaid:
                assert meaning(again[one.mnemonic]) == meaning(one), one.syntax.text
        aliases = {a.syntax.mnemonic for a in extension.aliases if a.xlens == WIDTHS[prefix]}
        assert (spelled | again.keys() | unsaid) >= aliases & words.keys()


@pytest.mark.parametrize("name", ["i", "c", "zbb", "zbs", "zbkb"])
def test_a_name_has_one_word_at_both_widths(name: str) -> None:
    """The repository's tools refuse another one, and a `$pseudo_op` of what is one itself."""
    files = export("riscv-opcodes", [load(name)]).files
    plain: dict[str, set[str]] = {}
    found: dict[str, tuple[int, int]] = {}
    pseudo: list[list[str]] = []
    for file in files.keys() - {"arg_lut.csv"}:
        lines = [line for line in files[file].splitlines() if line[:1] not in ("#", "")]
        pseudo += [line.split()[1].split("::") for line in lines if line.startswith("$")]
        text = "\n".join(line for line in lines if not line.startswith("$"))
        words = parsed(text, table_of(files))
        plain[file] = set(words)
        for mnemonic, word in words.items():
            assert found.setdefault(mnemonic, word) == word, mnemonic
    assert all(target in plain[file] for file, target in pseudo if file in files)
    assert any("_rv32 " in text for text in files.values())


def test_what_the_format_lacks_is_said_in_comments(tmp_path: Path) -> None:
    ext = Extension("Xodd", version="0.1", doc="odd fields")
    ext.register_file("q", count=32, bits=64)
    ext.encoding("qld rd:q, imm(rs1)", "imm[4:0] imm[11:5] rs1 000 rd[4:0] 0001011")
    ext.encoding("qsc rd, amount:u", "0000000 amount[4:0] 00000 001 rd 0001011")
    made = export("riscv-opcodes", [ext])
    assert not made.left_out
    assert made.files["arg_lut.csv"] == '"xodd_imm_31_20", 31, 20\n'
    text = made.files["rv_xodd"]
    assert "# rvx: registers q 32 64\n# rvx: argument xodd_imm_31_20 imm[4:0|11:5]\n" in text
    assert "# rvx: syntax qld rd:q, imm:s(rs1:x)\nqld rd xodd_imm_31_20 rs1 14..12=0" in text
    assert "\nqsc rd imm5 31..25=0 19..15=0 14..12=1 6..2=2 1..0=3\n" in text
    for file, content in made.files.items():
        (tmp_path / file).write_text(content)
    (back,) = load_file(tmp_path / "rv_xodd")
    assert back.instructions["qld"].syntax.shape == "qld rd, imm(rs1)"
    values = {"rd": 3, "rs1": 4, "imm": -7}
    expected = ext.instructions["qld"].encode(values)
    assert back.instructions["qld"].encode(values) == expected


def test_long_words_are_named_as_left_out() -> None:
    ext = Extension("Xlong", version="0.1")
    ext.encoding("lx rd, imm", "imm[31:0] 0000 rd 0 011111")
    made = export("riscv-opcodes", [ext])
    assert made.files == {}
    assert made.left_out == ["lx: riscv-opcodes has words of 16 and 32 bits, and this one has 48"]
