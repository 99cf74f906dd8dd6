"""Reviews of extensions with one fault each, and of shipped ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rvx.analysis.review import Finding, free_pattern, review
from rvx.cli.main import app
from rvx.errors import Exit
from rvx.extensions import load, shipped_extensions
from rvx.isa import Extension

run = CliRunner().invoke

HEAD = """
import numpy as np
from rvx.isa import Extension
X = Extension("Xmine", version="0.1", doc="For a test", source="nowhere")
"""
GOOD = '''
@X.instruction("good rd, rs1", "1111111 01010 rs1 111 rd 1111011")
def good(rs1):
    """rd = rs1 + 1."""
    return rs1 + 1
'''
FAULTS = {
    "X.state('lost', 2, 'never used')": "warning: Xmine: no body asks for its state 'lost'",
    "X.register_file('q', count=4, bits=8)": "warning: Xmine: no operand is of its register file",
    'bits = "0000000 rs2 rs1 000 rd 1111011"\n@X.instruction("f rd, rs1, rs2", bits)\n'
    "def f(rs1):\n    '''A doc.'''\n    return rs1": "warning: f: its operand 'rs2' is neither",
    'bits = "0000001 rs2 rs1 000 rd 1111011"\n@X.instruction("g rd, rs1, rs2", bits)\n'
    "def g(rs1, rs2):\n    return rs1 - rs2": "warning: g: it has no description",
    'bits = "0000000 rs2 rs1 000 rd 0110011"\n@X.instruction("h rd, rs1, rs2", bits)\n'
    "def h(rs1, rs2):\n    '''A doc.'''\n    return rs1 - rs2": (
        "error: h: it shares words with add of I, such as 0x00000033; free is "
    ),
    'bits = "0000001 rs2 rs1 110 rd 0110011"\n@X.instruction("mulh rd, rs1, rs2", bits)\n'
    "def k(rs1, rs2):\n    '''A doc.'''\n    return rs1 - rs2": (
        "error: mulh: M and Zmmul have that mnemonic, too; it shares words with rem of M, such as "
    ),
    'bits = "0000011 rs2 rs1 110 rd 1111011"\n@X.instruction("add rd, rs1, rs2", bits)\n'
    "def m(rs1, rs2):\n    '''A doc.'''\n    return rs1 - rs2": (
        "error: add: I has that mnemonic, too"
    ),
    'bits = "0000010 00000 rs1 000 rd 1111011"\n@X.instruction("l rd, rs1", bits)\n'
    "def l(rs1):\n    '''A doc.'''\n    return [rs1, 1]": "cannot be part of a body: a list",
    'X.encoding("e rd", "0000000 00000 00000 001 rd 1111011", doc="A doc.")': (
        "note: e: it has no body: it assembles, and cannot run"
    ),
    'X.encoding("i rd", "0000000 (00000) 00000 001 rd 1111011", doc="A doc.")': (
        "note: i: 5 bits of its word are ignored by the decoder"
    ),
}


def checked(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    path = tmp_path / "mine.py"
    path.write_text(HEAD + text + "\n" + GOOD)
    done = run(app, ["isa", "check", str(path), *options])
    return done.exit_code, done.output


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_each_fault_is_found(number: int, tmp_path: Path) -> None:
    fault, sentence = list(FAULTS.items())[number]
    folder = tmp_path / f"fault{number}"
    folder.mkdir()
    path = folder / f"fault{number}.py"
    path.write_text(HEAD + fault + "\n" + GOOD)
    done = run(app, ["isa", "check", str(path), "--operands", "0"])
    assert sentence in done.output
    has_error = "\nerror: " in "\n" + done.output
    assert done.exit_code == (Exit.FAILED if has_error else Exit.OK)


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    code, output = checked(tmp_path, "", "--operands", "20")
    assert (code, output) == (0, "Xmine: 1 instruction, 0 errors, 0 warnings\n")


def test_the_report_is_a_document_with_json(tmp_path: Path) -> None:
    path = tmp_path / "other.py"
    path.write_text(HEAD + "X.state('lost', 2, 'never used')\n" + GOOD)
    done = run(app, ["isa", "check", str(path), "--json", "--operands", "0"])
    assert json.loads(done.stdout) == {
        "schema": "rvx.isa.check/1",
        "findings": [
            {"level": "warning", "about": "Xmine", "text": "no body asks for its state 'lost'"}
        ],
    }


def test_words_of_drafts_are_compared_with_too(tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "rv_zdraft").write_text("dr rd rs1 31..20=0xfea 14..12=7 6..0=0x7b\n")
    mine = tmp_path / "mine2.py"
    mine.write_text(HEAD + GOOD)
    done = run(app, ["isa", "check", str(mine), "--operands", "0", "--against", str(drafts)])
    assert done.exit_code == Exit.FAILED
    assert "good: it shares words with dr of Zdraft, such as 0xfea0707b" in done.output
    done = run(app, ["isa", "check", str(mine), "--against", str(tmp_path / "drafts" / "none")])
    assert "there is no extension file" in done.output
    (tmp_path / "empty").mkdir()
    done = run(app, ["isa", "check", str(mine), "--against", str(tmp_path / "empty")])
    assert "there are no files of riscv-opcodes" in done.output


def test_proposed_encodings_are_free_and_differ() -> None:
    ext = Extension("Xmine", version="1", doc="d", source="s")
    for number in range(3):
        ext.encoding(f"a{number} rd, rs1", f"0000000 0000{number % 2} rs1 000 rd 0110011", doc="d")
    shipped = list(shipped_extensions().values())
    found = [f.text for f in review(ext, shipped, 0) if "free is" in f.text]
    proposals = [text.partition("free is '")[2].rstrip("'") for text in found]
    assert len(set(proposals)) == len(proposals) == 3
    again = Extension("Xagain", version="1", doc="d", source="s")
    for number, bits in enumerate(proposals):
        again.encoding(f"b{number} rd, rs1", bits, doc="d")
    assert not [f for f in review(again, shipped, 0) if "shares" in f.text]


def test_no_encoding_is_proposed_where_all_is_taken() -> None:
    made = load("i").instructions["add"]
    ext = Extension("Xall", version="1")
    for number, opcode in enumerate(("0001011", "0101011", "1011011", "1111011")):
        ext.encoding(f"t{number} imm:u", f"imm[24:0] {opcode}")
    assert free_pattern(made, [one.pattern for one in ext.instructions.values()]) is None


def test_a_body_that_differs_when_compiled_is_found() -> None:
    """A body of rvx's own is not spelled out: integers of Python wrap in its compiled form only."""
    ext = Extension("Xdiff", version="1", doc="d", source="s")

    def body(rs1: int) -> int:
        """rd = 3 / 2 * rs1."""
        return int(rs1) * 3 >> 1

    body.__module__ = "rvx.made_up"
    ext.instruction("odd rd, rs1", "1111111 01010 rs1 111 rd 1111011")(body)
    (found,) = review(ext, [], 50)
    assert (found.level, found.about) == ("error", "odd")
    assert found.text.startswith("interpreted and compiled differ for rs1 = ")


LONG = """
@X.instruction("spin rd, rs1", "1111110 01010 rs1 111 rd 1111011")
def spin(rs1):
    '''The steps of Collatz' sequence to 0, which it never reaches.'''
    n = rs1
    while n != 0:
        n = n * 3 + 1 if n & 1 else n >> 1
    return n
"""
HARD_ONE = """
def steps(n):
    left = n
    while left > 0:
        left = left - 1
    return left

@X.instruction("count rd, rs1", "1111110 01010 rs1 111 rd 1111011")
def count(rs1):
    '''0, for most operands slowly.'''
    return steps(rs1 >> 8)
"""


@pytest.mark.parametrize(("text", "name"), [(LONG, "spin"), (HARD_ONE, "count")])
def test_a_body_that_does_not_end_is_named_with_its_operand(
    text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rvx.analysis.review.PATIENCE", 0.3)
    code, output = checked(tmp_path, text)
    found = re.search(rf"warning: {name}: its body has not ended .* for rs1 = (-?\d+)", output)
    assert found is not None, output
    assert int(found[1]) != 0
    assert code == Exit.OK


def test_a_slow_body_is_compared_as_far_as_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rvx.analysis.review.LONGEST", 0.0)
    _, output = checked(tmp_path, "")
    assert "note: good: only 0 of 200 operands were compared in 0 seconds" in output


@pytest.mark.parametrize("name", ["zbb", "xcvmem", "xposit", "zcb"])
def test_shipped_bodies_mean_the_same_in_both_forms(name: str) -> None:
    extension = load(name)
    few = Extension(extension.name, version="1", doc="d", source="s")
    few.register_files, few.states = extension.register_files, extension.states
    few.instructions = dict(list(extension.instructions.items())[3:5])
    found = review(few, [], 20)
    assert not [each for each in found if each.level == "error"], found
    assert isinstance(found, list)
    assert all(isinstance(each, Finding) for each in found)
