"""What GCC makes of the C programs of `corpus/`: sections and relocations as GNU as makes them."""

from pathlib import Path

import pytest

from rvx.assembler.elf.relocatable import relocatable

from .conftest import ABIS, Gnu, own_object, own_sections
from .whole_object import whole_object

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.c"))
LEVELS = ["-O0", "-O2", "-Os"]
MARCHES = ["rv64gc", "rv32imac_zicsr"]
CLASS_FLAGS = [["-O0"], ["-O2"], ["-Os", "-fpic"], ["-O2", "-ffunction-sections"]]
OTHER_FLAGS = [["-O2", "-fpic"], ["-O2", "-fexceptions"], ["-O1", "-mcmodel=medany"]]


def compiled(gnu: Gnu, source: Path, march: str, flags: list[str]) -> str:
    out = gnu.path(".s")
    command = [f"-march={march}", f"-mabi={ABIS[march]}", "-w", *flags, "-S", str(source)]
    done = gnu.run("gcc", *command, "-o", str(out))
    assert done.returncode == 0, done.stderr.decode()
    return out.read_text()


def check(gnu: Gnu, text: str, march: str) -> None:
    ours = whole_object(relocatable(own_object(text, march, relax=True)))
    theirs = whole_object(gnu.object(text, march).read_bytes())
    for part, expected in theirs.items():
        assert ours[part] == expected, part


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 30


@pytest.mark.parametrize("march", MARCHES)
@pytest.mark.parametrize("source", CORPUS, ids=lambda path: path.stem)
def test_compiled_program(gnu: Gnu, source: Path, march: str) -> None:
    for level in LEVELS:
        check(gnu, compiled(gnu, source, march, [level]), march)


@pytest.mark.parametrize("flags", OTHER_FLAGS, ids=" ".join)
def test_other_code_models(gnu: Gnu, flags: list[str]) -> None:
    for source in CORPUS[::3]:
        check(gnu, compiled(gnu, source, "rv64gc", flags), "rv64gc")


@pytest.mark.parametrize("flags", CLASS_FLAGS, ids=" ".join)
def test_classes(gnu: Gnu, flags: list[str]) -> None:
    """C++ brings COMDAT groups, exception tables and thread-local variables."""
    source = Path(__file__).parent / "corpus" / "classes.cc"
    for march in MARCHES:
        out = gnu.path(".s")
        command = [f"-march={march}", f"-mabi={ABIS[march]}", *flags, "-S", str(source)]
        done = gnu.run("g++", *command, "-o", str(out))
        assert done.returncode == 0, done.stderr.decode()
        check(gnu, out.read_text(), march)


def test_debug_information(gnu: Gnu) -> None:
    """With -g everything agrees but the line table itself, which has another form here."""
    for source in CORPUS[::8]:
        text = compiled(gnu, source, "rv64gc", ["-O2", "-g"])
        ours = own_sections(own_object(text, relax=True))
        theirs = gnu.sections(text, relax=True)
        for name in theirs.keys() - {".debug_line", ".debug_line_str"}:
            assert ours[name] == theirs[name], name
