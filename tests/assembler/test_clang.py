"""What Clang makes of C programs: whole objects as GNU as makes them, and the flags it passes.

The sources of `clang/` are the output of Clang 14 for programs of `corpus/`, kept here because the
compiler is large. They are made again by

    clang --target=riscv64-unknown-elf -march=rv64gc -mabi=lp64d -ffreestanding -w -O2 \\
        -S corpus/NAME.c -o clang/NAME-rv64gc-O2.s

and likewise for riscv32, rv32imac and ilp32, and for -O0 (and -Os where that gives another source);
`classes` with -O1 -fexceptions,
and `debug` is sort.c with -O1 -g.
"""

import re
from pathlib import Path

import pytest

from rvx.assembler import AssemblyError
from rvx.assembler.elf.relocatable import relocatable
from rvx.assembler.gnu_as import run
from rvx.extensions import isa_for

from .conftest import ABIS, Gnu, own_object
from .whole_object import whole_object

FOLDER = Path(__file__).parent / "clang"
SOURCES = sorted(FOLDER.glob("*.s"))
WITH_DISTANCES = [path for path in SOURCES if path.stem.startswith(("classes", "debug"))]
"""Those with `.uleb128` of distances in code, which GNU as 2.40 refuses."""
FLAGS = "-mabi lp64d -march rv64gc -I inc --defsym x=1 -o"
"""What clang -fno-integrated-as passes, in its own spelling, in front of object and source."""


def test_the_corpus_has_all_levels_and_widths() -> None:
    kinds = {path.stem.split("-", 1)[1] for path in SOURCES}
    levels = {
        f"{march}-{level}" for march in ("rv64gc", "rv32imac") for level in ("O0", "O2", "Os")
    }
    assert levels <= kinds
    assert len(SOURCES) >= 40


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path not in WITH_DISTANCES], ids=lambda path: path.stem
)
def test_object_equals_gnu(gnu: Gnu, path: Path) -> None:
    text = path.read_text()
    march = "rv64gc" if "rv64gc" in path.stem else "rv32imac_zicsr"
    ours = whole_object(relocatable(own_object(text, march, relax=True)))
    theirs = whole_object(gnu.object(without_addrsig(text), march).read_bytes())
    for part, expected in theirs.items():
        assert ours[part] == expected, part


@pytest.mark.parametrize("path", WITH_DISTANCES, ids=lambda path: path.stem)
def test_distances_in_code(gnu: Gnu, path: Path) -> None:
    """With the numbers in their place, GNU as makes the same object."""
    text = path.read_text()
    made = own_object(text)
    places = {symbol.name: symbol for symbol in made.symbols}

    def number(found: re.Match[str]) -> str:
        plus, minus = places[found[1]], places[found[2]]
        assert plus.section is minus.section
        return f".uleb128 {plus.value - minus.value}"

    numbered, count = re.subn(r"\.uleb128 (\.L\w+)-(\.L\w+)", number, without_addrsig(text))
    assert count >= 4
    ours = whole_object(relocatable(made))
    theirs = whole_object(gnu.object(numbered, "rv64gc", "-mno-relax").read_bytes())
    if path.stem.startswith("debug"):
        del theirs["symbols"]  # line tables have places of their own
    for part, expected in theirs.items():
        assert ours[part] == expected, part


def test_distances_that_the_linker_changes_are_refused() -> None:
    text = (FOLDER / "debug-rv64gc-O1.s").read_text()
    with pytest.raises(AssemblyError, match="the linker may still shorten the code in between"):
        own_object(text, relax=True)


def without_addrsig(text: str) -> str:
    """The source without a directive that is for linkers of LLVM only."""
    return re.sub(r"^\s*\.addrsig.*\n", "", text, flags=re.MULTILINE)


def test_flags_of_clang(gnu: Gnu, tmp_path: Path) -> None:
    source = FOLDER / "switch-rv64gc-O2.s"
    made = tmp_path / "switch.o"
    assert run([*FLAGS.split(), str(made), str(source)], isa_for) == 0
    theirs = whole_object(gnu.object(without_addrsig(source.read_text())).read_bytes())
    assert whole_object(made.read_bytes())["sections"] == theirs["sections"]
    assert ABIS["rv64gc"] == "lp64d"
