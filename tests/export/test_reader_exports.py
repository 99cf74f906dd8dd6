"""Exports for readers and editors: documents, pictures, grammars."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pygments.token import Token

from rvx.export.targets import export
from rvx.extensions import load
from rvx.isa import Extension
from rvx.userfiles import run_file

SVG = "{http://www.w3.org/2000/svg}"


def mac() -> Extension:
    ext = Extension("Xmac", version="0.1", doc="A MAC_unit & more")
    ext.register_file("q", count=4, bits=8)

    @ext.instruction("smac rd, rs1, imm", "imm[11:0] rs1 000 rd 1011011")
    def smac(rd: int, rs1: int, imm: int) -> int:
        """rd += rs1 * imm."""
        return rd + rs1 * imm

    ext.encoding("smac.q rd:q", "0000000 00000 00000 001 000 rd[1:0] 0101011")
    ext.alias("sqr rd, rs1", "smac rd, rs1, 0")
    return ext


def test_the_document_has_everything_but_bodies() -> None:
    document = json.loads(export("json", [mac()]).files["extensions.json"])
    assert document["schema"] == "rvx.isa.export/1"
    (extension,) = document["extensions"]
    made, other = extension["instructions"]
    assert (made["reads"], made["writes"]) == (["rd", "rs1", "imm"], ["rd"])
    assert made["operands"][2] == {
        "name": "imm",
        "kind": "s",
        "least": -2048,
        "most": 2047,
        "is_target": False,
        "pieces": [{"word_lsb": 20, "bits": 12, "value_lsb": 0}],
    }
    assert other["operands"][0]["registers"] == "q"
    assert extension["aliases"][0]["bindings"] == {"rd": "rd", "rs1": "rs1", "imm": 0}


@pytest.mark.parametrize("name", ["zbb", "c", "xposit"])
def test_pictures_show_every_bit_once(name: str) -> None:
    extension = load(name)
    files = export("svg", [extension]).files
    assert len(files) == len(extension.instructions)
    for made, text in zip(extension.instructions.values(), files.values(), strict=True):
        picture = ElementTree.fromstring(text)
        assert picture.findtext(f"{SVG}title") == made.syntax.shape
        widths = [int(each.attrib["width"]) for each in picture.iter(f"{SVG}rect")]
        assert sum(widths) == 24 * made.pattern.bits
        labels = [each.text or "" for each in picture.iter(f"{SVG}text")]
        fixed = "".join(label for label in labels if label in ("0", "1"))
        numbers = [label for label in labels if label.isdecimal()]
        assert len(fixed) >= made.pattern.mask.bit_count()
        assert str(made.pattern.bits - 1) in numbers


def test_tables_of_latex_have_columns_for_all_bits() -> None:
    text = export("latex", [mac(), load("c")]).files["xmac.tex"]
    assert r"\textrm{Xmac}" in text
    assert r"\multicolumn{12}{|c|}{imm[11:0]}" in text or r"\multicolumn{12}{|c|}{imm}" in text
    rows = [line for line in text.splitlines() if line.startswith(r"\multicolumn{12}")]
    assert rows
    for row in rows:
        spans = [int(each) for each in re.findall(r"\\multicolumn\{(\d+)\}", row)]
        assert sum(spans) == 32
    braces = text.replace(r"\{", "").replace(r"\}", "")
    assert braces.count("{") == braces.count("}")


def test_the_grammar_knows_mnemonics_aliases_and_registers() -> None:
    grammar = json.loads(export("textmate", [mac()]).files["rvx.tmLanguage.json"])
    patterns = {each["name"]: each for each in grammar["patterns"]}
    own = re.compile(patterns["keyword.other.instruction.custom.riscv"]["match"])
    assert own.search("  smac.q q1")[0] == "smac.q"  # type: ignore[index]
    assert own.search("sqr a0, a1")
    assert not own.search("smacs a0")
    registers = re.compile(patterns["variable.language.register.riscv"]["match"])
    assert registers.findall("smac a0, q3, x31, zero, v7") == ["a0", "q3", "x31", "zero", "v7"]
    for each in grammar["patterns"]:
        for key in ("match", "begin", "end"):
            re.compile(each.get(key, ""))


def test_the_lexer_of_pygments_tells_parts_apart(tmp_path: Path) -> None:
    path = tmp_path / "xmac_lexer.py"
    path.write_text(export("pygments", [mac()]).files["xmac_lexer.py"])
    module = run_file(path, "rvx_user_lexer")
    text = 'loop: smac.q q1  # count\n .string "a\\"b"\n smac a0, a1, -0x10\n addi t0, t0, %lo(x)\n'
    tokens = list(module.XmacLexer().get_tokens(text))
    assert "".join(value for _, value in tokens) == text
    kinds = {value: kind for kind, value in tokens}
    assert kinds["smac.q"] is kinds["smac"] is Token.Keyword.Reserved
    assert kinds["q1"] is kinds["a0"] is Token.Name.Builtin
    assert kinds["loop:"] is Token.Name.Label
    assert kinds["-0x10"] is Token.Literal.Number
    assert kinds["# count"] is Token.Comment.Single
    assert not [value for kind, value in tokens if kind is Token.Error]


def test_the_query_of_tree_sitter_is_as_it_is_wanted() -> None:
    """Only its text: the grammar comes in a package with hundreds of others, too much for one test.

    By hand, tree-sitter compiled the query for the asm grammar of tree-sitter-language-pack 0.10.0,
    and found mnemonics and registers; those with dots are no words of that grammar.
    """
    query = export("tree-sitter", [mac()]).files["highlights.scm"]
    comment, instructions, registers = query.split("\n\n")
    assert comment.startswith("; RISC-V assembly with Xmac; to be added to")
    assert instructions == (
        "(instruction kind: (_) @function.builtin\n  (#any-of? @function.builtin\n"
        '    "smac"\n    "smac.q"\n    "sqr"))'
    )
    head = "((reg) @variable.builtin\n  (#any-of? @variable.builtin\n"
    assert registers.startswith(head)
    assert registers.endswith("))\n")
    names = re.findall(r'^    "([a-z0-9]+)"', registers, re.MULTILINE)
    assert names == sorted(set(names))
    assert {"a0", "q3", "x31", "zero", "v7", "ft11"} <= set(names)
