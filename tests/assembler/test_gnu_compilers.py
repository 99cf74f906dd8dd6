"""What GCC makes of the C programs of `corpus/`: sections and relocations as GNU as makes them."""

import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import Assembler
from rvx.assembler.elf.relocatable import relocatable
from rvx.assembler.model.relocations import NUMBERS
from rvx.extensions import change_arch, isa_for

from .c_programs import Programs
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


RANDOM_MARCHES = [
    *[("rv64gc", "lp64d"), ("rv32gc", "ilp32d"), ("rv64imac", "lp64"), ("rv32imac", "ilp32")],
    *[("rv64g", "lp64d"), ("rv32imafc", "ilp32f"), ("rv32i", "ilp32"), ("rv64imafdc_zfh", "lp64d")],
]
RANDOM_FLAGS = (
    "-fPIC -ffunction-sections -fdata-sections -fexceptions -fpatchable-function-entry=2 "
    "-fno-common -fcommon -fasynchronous-unwind-tables -mcmodel=medany -fverbose-asm "
    "-fno-jump-tables -falign-functions=16 -fstack-protector-all -fno-omit-frame-pointer"
).split()
COMPILERS = {
    "gcc": ["riscv64-unknown-elf-gcc"],
    "g++": ["riscv64-unknown-elf-g++", "-fpermissive", "-x", "c++"],
    "clang": ["clang", "-fno-addrsig"],
}


def without_block_edges(made: dict[str, Any]) -> dict[str, Any]:
    """The object without the pairs by which call frames move on.

    GNU as writes such a pair wherever its memory blocks end, also within plain code.
    """
    numbers = {NUMBERS[name] for name in "SET6 SUB6 SET8 SUB8 SET16 SUB16".split()}
    kept = dict(made)
    kept["relocations"] = [
        each for each in made["relocations"] if not ("frame" in each[0] and each[2] in numbers)
    ]
    kept["sections"] = [each for each in made["sections"] if each[0] != ".rela.eh_frame"]
    kept["symbols"] = [each for each in made["symbols"] if each[0] != ".L0 "]
    return kept


def run(gnu: Gnu, seed: int, count: int) -> None:
    rng = random.Random(seed)
    programs = Programs(rng)
    for index in range(count):
        source, out = gnu.path(".c"), gnu.path(".s")
        source.write_text(programs.program())
        march, abi = rng.choice(RANDOM_MARCHES)
        name = rng.choice(["gcc", "gcc", "g++", "clang"])
        flags = [rng.choice(["-O0", "-O1", "-O2", "-O3", "-Os"]), *rng.sample(RANDOM_FLAGS, 2)]
        if name == "clang":
            march = march.removesuffix("_zfh")
            flags = [f"--target=riscv{march[2:4]}", *(f for f in flags if f != "-fverbose-asm")]
        command = [*COMPILERS[name], f"-march={march}", f"-mabi={abi}", "-w", *flags]
        done = subprocess.run(
            [*command, "-S", str(source), "-o", str(out)], capture_output=True, check=False
        )
        if done.returncode:
            continue  # an extra that is no C++, or a flag that this target does not have
        assembler = Assembler(
            isa_for(march), march=march, abi=abi, relax=True, select_arch=change_arch
        )
        made, _ = assembler.object(out.read_text(), "program.s")
        theirs = gnu.path(".o")
        flags = [f"-march={march}", f"-mabi={abi}", str(out), "-o", str(theirs)]
        assert gnu.run("as", *flags).returncode == 0
        ours = without_block_edges(whole_object(relocatable(made)))
        expected = without_block_edges(whole_object(theirs.read_bytes()))
        for part, content in expected.items():
            assert ours[part] == content, f"seed {seed}, program {index}: {part}; {command}"


def test_random_programs(gnu: Gnu) -> None:
    run(gnu, 1, 8)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 6))
def test_random_programs_for_long(gnu: Gnu, seed: int) -> None:
    """A hundred programs a seed, some three minutes each."""
    run(gnu, seed, 100)
