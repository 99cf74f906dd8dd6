"""Files of riscv-unified-db: read as YAML, and taken to pieces as its schema says."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from rvx.export.targets import export
from rvx.extensions import load
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind

REQUIRED = {
    *("$schema", "kind", "name", "long_name", "description", "definedBy", "access", "assembly"),
}
KNOWN = {*REQUIRED, "base", "encoding", "operation()"}


def value_of(variable: dict[str, Any], word: int) -> int:
    """What a variable holds, as the descriptions in the schema have it."""
    value = width = 0
    for part in str(variable["location"]).split("|"):
        high, _, low = part.partition("-")
        bits = int(high) - int(low or high) + 1
        value = value << bits | word >> int(low or high) & (1 << bits) - 1
        width += bits
    if variable.get("sign_extend") and value >> width - 1:
        value -= 1 << width
    return value << int(variable.get("left_shift", 0))


def check(made: Instruction, encoding: dict[str, Any], draw: random.Random) -> None:
    pattern = encoding["match"]
    assert len(pattern) == made.pattern.bits
    variables = encoding.get("variables", [])
    for _ in range(20):
        word = made.pattern.match | draw.getrandbits(made.pattern.bits) & ~made.pattern.mask
        shown = f"{word:0{len(pattern)}b}"
        assert all(a in ("-", b) for a, b in zip(pattern, shown, strict=True)), made.mnemonic
        refused = False
        stored = [each for each in made.operands.values() if each.field.pieces]
        for operand, variable in zip(stored, variables, strict=True):
            value = value_of(variable, word)
            raw = operand.field.extract(word)
            kind = operand.kind
            if isinstance(kind, ImmediateKind) and kind.signed and raw >> operand.field.width - 1:
                raw -= 1 << operand.field.width
            assert value == raw, (made.mnemonic, variable)
            bad = variable.get("not", [])
            refused |= value in (bad if isinstance(bad, list) else [bad])
        assert made.accepts(word) == (not refused), made.mnemonic


@pytest.mark.parametrize("name", ["i", "zba", "zbb", "zcb", "c", "f", "xcvmem", "xposit"])
def test_the_encodings_are_those_of_the_declaration(name: str) -> None:
    extension = load(name)
    files = export("riscv-unified-db", [extension]).files
    draw = random.Random(name)
    assert files
    seen = 0
    for path, text in files.items():
        read = yaml.safe_load(text)
        assert REQUIRED <= set(read) <= KNOWN
        assert path == f"inst/{extension.name}/{read['name']}.yaml"
        assert re.fullmatch(r"[a-z0-9.]+", read["name"])
        for made in extension.instructions.values():
            if made.mnemonic == read["name"]:
                encoding = read["encoding"]
                if "match" not in encoding:
                    encoding = encoding[f"RV{made.xlens[0]}"]
                elif len(made.xlens) == 1:
                    assert read["base"] == made.xlens[0]
                check(made, encoding, draw)
                seen += 1
    assert seen >= len(files)


def test_a_file_says_what_the_database_says() -> None:
    """As it stands in riscv-unified-db for slli.uw, and for the splits of sw."""
    text = export("riscv-unified-db", [load("zba")]).files["inst/Zba/slli.uw.yaml"]
    read = yaml.safe_load(text)
    assert (read["base"], read["definedBy"], read["assembly"]) == (64, "Zba", "xd, xs1, shamt")
    assert read["encoding"]["match"] == "000010-----------001-----0011011"
    locations = {each["name"]: each["location"] for each in read["encoding"]["variables"]}
    assert locations == {"shamt": "25-20", "xs1": "19-15", "xd": "11-7"}
    text = export("riscv-unified-db", [load("i")]).files["inst/I/sw.yaml"]
    (imm,) = (v for v in yaml.safe_load(text)["encoding"]["variables"] if v["name"] == "imm")
    assert imm == {"name": "imm", "location": "31-25|11-7", "sign_extend": True}


def test_what_the_schema_cannot_say_is_named() -> None:
    extension = Extension("Xodd", version="0.1")
    extension.instruction("odd_one rd", "000000000000 00000 000 rd 1011011")(lambda: 0)
    extension.instruction("gap rd, imm:u", "imm[7:4|1:0] 000000 00000 001 rd 1011011")(lambda: 0)
    made = export("riscv-unified-db", [extension])
    assert made.files == {}
    assert made.left_out == [
        "odd_one: its name has characters that names have not there",
        "gap: 'imm' leaves out bits in its middle, which locations do not",
    ]
