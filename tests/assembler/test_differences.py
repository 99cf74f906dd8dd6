"""The page of differences from GNU as: both assemble every example, and do what the page says."""

import re
from pathlib import Path

import pytest

from rvx.assembler.gnu_as import run
from rvx.cli.gnu_as import _isa
from rvx.extensions import change_arch

from .conftest import Gnu
from .whole_object import whole_object

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "gnu-differences.md"
EXAMPLE = re.compile(
    r"<!-- GNU as: (?P<gnu>\w+), rvx: (?P<rvx>\w+)(?:, objects: (?P<objects>differ))?"
    r"(?:, flags: (?P<flags>[-=\w ]+?))? -->\n```text\n(?P<source>.*?)```",
    re.DOTALL,
)
EXAMPLES = [found.groupdict() for found in EXAMPLE.finditer(PAGE.read_text())]


def outcome(code: int, said: str) -> str:
    return "refused" if code else "warned" if "arning" in said else "taken"


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) == PAGE.read_text().count("```text") >= 20
    assert {example["gnu"] for example in EXAMPLES} == {"refused", "warned", "taken"}


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_both_do_what_the_page_says(
    gnu: Gnu, example: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    source, ours, theirs = gnu.path(".s"), gnu.path(".o"), gnu.path(".o")
    source.write_text(example["source"])
    flags = ["-march=rv64gc", "-mabi=lp64d", *(example["flags"] or "").split()]
    code = run([*flags, str(source), "-o", str(ours)], _isa, change_arch)
    assert outcome(code, capsys.readouterr().err) == example["rvx"]
    done = gnu.run("as", *flags, str(source), "-o", str(theirs))
    assert outcome(done.returncode, done.stderr.decode()) == example["gnu"]
    if example["objects"]:
        made = [
            (whole_object(path.read_bytes()), whole_object(path.read_bytes(), everything=True))
            for path in (ours, theirs)
        ]
        assert made[0] != made[1]
