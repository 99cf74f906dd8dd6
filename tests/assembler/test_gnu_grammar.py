"""Every directive and shape of an operand, at random, against GNU as: one object, or both refuse.

A source holds one to four random statements, right or wrong, behind code that they can refer to.
The long run takes some 40,000 sources, and an hour:

    pytest -m long tests/assembler/test_gnu_grammar.py
"""

import random
import re
import subprocess
from pathlib import Path

import pytest

from rvx.assembler import Assembler, AssemblyError
from rvx.assembler.elf.relocatable import relocatable
from rvx.extensions import change_arch, isa_for

from .conftest import ABIS, Gnu
from .grammar_sources import Sources
from .whole_object import whole_object

LISTED = (
    "cannot be left to the linker",
    "the target of a branch is a symbol plus or minus a number",
    "may mean a number or its bits",
    ".uleb128 takes no negative number",
    "%pcrel_lo takes the label of the auipc",
    "'c.j' does not take 0 operands",
    ".zero does not take 0 arguments",
    "holds no bytes, only their size",
    "an instruction has no place in a record",
    "bytes are more than a section can hold",
    "bytes, more than 134217728",
    "'j' does not take 0 operands",
)
"""What rvx says where it refuses what GNU as takes, as the page of differences says."""
TAKEN = re.compile(
    r"ABI can't be used|cannot create floating-point number|reloc not within|can't resolve"
    r"|extension `c' required|junk at end of line, first unrecognized character is `[UL]'"
    r"|illegal operands `li \w+,.*\w ?- ?\w"
)
"""What GNU as says where it refuses what rvx takes, as the page of differences says."""
STORED_NOWHERE = re.compile(r"'s[bhwd]' does not take 3 operands")
"""GNU as takes `(x31)` for a symbol of that name where three operands stand."""
HAS_SUBSECTIONS = re.compile(r"\.subsection|\.(?:text|data) \d")
"""With these, GNU as forgets where code becomes data."""
PADS_IN_FRAMES = re.compile(r"norelax.*cfi_startproc.*align", re.DOTALL)
"""Frames that advance over padding, whose length GNU as takes out."""
BRANCHES_BY_INSN = re.compile(r"\.insn s?b ")
"""GNU as makes two instructions of these if they go far."""
NEEDS_ATTRIBUTES = re.compile(r"\.option (?:norvc|rvc|arch)|\.attribute arch|\.gnu_attribute")
"""After these, `.riscv.attributes` says what the code needs, and not what GNU as says."""
SHORT_RUN, LONG_RUN = 120, 5000
HANGS = 20
"""Seconds after which GNU as counts as refusing; some wrong sources make it run for good."""


def disagreement(gnu: Gnu, assembler: Assembler, source: str, march: str) -> str:
    """What the two assemblers do not agree about; empty if nothing."""
    path, out = gnu.path(".s"), gnu.path(".o")
    path.write_text(source, encoding="utf-8")
    flags = [f"-march={march}", f"-mabi={ABIS[march]}", "-o", str(out), str(path)]
    try:
        done = subprocess.run(
            [gnu.tool("as"), *flags], capture_output=True, timeout=HANGS, check=False
        )
        has_refused, said = done.returncode != 0, done.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired:
        has_refused, said = True, "it hangs"
    has_warned = "Warning" in said  # what GNU as makes up for is not compared
    path.unlink()
    try:
        made, _ = assembler.object(source, "test.s")
        ours = relocatable(made)
    except AssemblyError as error:
        sentences = str(error)
        is_listed = has_warned or any(part in sentences for part in LISTED)
        is_listed = is_listed or STORED_NOWHERE.search(sentences) is not None
        return "" if has_refused or is_listed else f"rvx refuses: {sentences}"
    if has_refused:
        return "" if TAKEN.search(said) else f"GNU as refuses: {said}"
    theirs = out.read_bytes()
    out.unlink()
    return "" if has_warned else _different(whole_object(ours), whole_object(theirs), source)


def _different(ours: dict[str, object], theirs: dict[str, object], source: str) -> str:
    left_out = (
        (NEEDS_ATTRIBUTES, [".riscv.attributes"]),
        (PADS_IN_FRAMES, [".eh_frame", ".debug_frame"]),
        (BRANCHES_BY_INSN, [name for name in (".bss",) if name in source]),
    )
    for sign, names in left_out:
        for made in (ours, theirs) if sign.search(source) else ():
            sections = made["sections"]
            assert isinstance(sections, list)
            made["sections"] = [each for each in sections if each[0] not in names]
    if HAS_SUBSECTIONS.search(source):
        ours["code and data"] = theirs["code and data"]
    return "".join(
        f"{part}:\n  rvx {ours[part]}\n  GNU {theirs[part]}\n"
        for part in theirs
        if ours[part] != theirs[part]
    )


def run(gnu: Gnu, march: str, seed: int, count: int) -> None:
    isa = isa_for(march)
    assembler = Assembler(isa, march=march, abi=ABIS[march], relax=True, select_arch=change_arch)
    rng = random.Random(seed)
    sources = Sources(isa, rng)
    for index in range(count):
        source = sources.source(rng.choice([1, 1, 1, 4]))
        found = disagreement(gnu, assembler, source, march)
        assert not found, f"seed {seed}, source {index}:\n{source}\n{found}"


@pytest.mark.parametrize("march", ["rv64gc", "rv32imac_zicsr"])
def test_random_statements(gnu: Gnu, march: str) -> None:
    run(gnu, march, 1, SHORT_RUN)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 104))
@pytest.mark.parametrize("march", ["rv64gc", "rv32gc"])
def test_random_statements_for_long(gnu: Gnu, march: str, seed: int) -> None:
    run(gnu, march, seed, LONG_RUN)


def test_the_page_lists_what_is_left_out() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "gnu-differences.md"
    assert "may still change" in page.read_text(encoding="utf-8")
