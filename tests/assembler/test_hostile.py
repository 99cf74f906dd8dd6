"""Sources and objects that are meant to harm: each ends in sentences, soon, without a traceback."""

import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rvx.assembler import Assembler, AssemblyError, Program, link
from rvx.assembler.build import load
from rvx.assembler.elf.reader import read_object
from rvx.assembler.elf.relocatable import relocatable
from rvx.assembler.linking.archive import read_archive
from rvx.assembler.source.expander import Limits
from rvx.extensions import isa_for

from .conftest import Gnu, own_object
from .test_gnu_language import SOURCES

SECONDS, MEBIBYTES, BYTES = 60, 1000, 4 << 30
LIMITS = Limits(seconds=2)
"""Less time than by default: bombs use up all that there is."""
TWICE = ".macro m a\n{}\n.endm\nm {}\n"
BOMBS: dict[str, tuple[str, str]] = {
    "many lines": (".rept 1000000000\nnop\n.endr\n", "more than 100000000 lines"),
    "lines of lines": (
        ".rept 99999\n.rept 99999\n.set a, 1\n.endr\n.endr\n",
        "the source still expands after",
    ),
    "a macro in itself": (TWICE.format("m 1", "1"), "nested more than 100 deep"),
    "macros in macros": (
        "".join(f".macro m{i}\nm{i + 1}\n.endm\n" for i in range(2000)) + "m0\n",
        "nested more than 100 deep",
    ),
    "a tree of macros": (
        TWICE.format(".if \\a\nm \\a-1\nm \\a-1\n.endif", "90"),
        "the source still expands after",
    ),
    "a growing argument": (TWICE.format('m "\\a\\a"', "x"), "more than 1000000 characters"),
    "growing arguments": (
        TWICE.replace("m a", "m a:vararg").format("m \\a, \\a, \\a", "1"),
        "more than 1000000 characters",
    ),
    "alternate growth": (
        ".altmacro\n" + TWICE.format("m <a&a>", "xy"),
        "more than 1000000 characters",
    ),
    "room": (".space 1 << 62\n", "more than a section can hold"),
    "empty room": (".bss\n.space 1 << 62\n", "more than a section can hold"),
    "fill": (".fill 1 << 40, 8, 1\n", "more than a section can hold"),
    "fills": (".fill 16000000, 8, 1\n" * 50, "has 6400000000 bytes"),
    "blocks": (".dcb.d 1 << 40, 1.5\n", "more than a section can hold"),
    "origin": (".org 1 << 40\n", "has 1099511627776 bytes"),
    "alignments": (".balign 1 << 26\n.byte 1\n" * 100, "more than 134217728"),
    "many sections": (
        "".join(f'.section s{i}, "aw"\n.space 0x4000000\n' for i in range(200)),
        "more than 268435456",
    ),
    "a record": (".struct 1 << 62\na: .space 1 << 62\n", "more than a section can hold"),
    "inclusion of itself": ('.include "bomb.s"\n', "nested more than 100 deep"),
    "a device": ('.include "/dev/zero"\n.incbin "/dev/zero"\n', "there is no file '/dev/zero'"),
    "a folder": ('.include "/"\n', "there is no file '/'"),
    "parentheses": (".word " + "(" * 100_000 + "1" + ")" * 100_000 + "\n", "more than 200"),
    "signs": (".word " + "-" * 100_000 + "1\n", "more than 200"),
    "sums": (".word 1" + "+1" * 100_000 + "\n", "more than 200"),
    "digits": (".word " + "9" * 1_000_000 + "\n", "at most 4000"),
    "hexadecimal digits": (".word 0x" + "f" * 1_000_000 + "\n", "at most 4000"),
    "an exponent": (".float 1e" + "9" * 100_000 + "\n", "is beyond 20000"),
    "decimals": (".double " + "9" * 1_000_000 + "\n", "more than 20000 digits"),
    "posits": (".posit32 1e99999999\n", "is beyond 20000"),
    "definitions in a row": (
        "".join(f".set b{i}, b{i + 1} + 1\n" for i in range(20000)) + ".word b0\n",
        "through more than 100 others",
    ),
    "definitions in a ring": (".set a, b\n.set b, a\n.word a\n", "in terms of itself"),
    "names in a ring": (".weakref a, b\n.weakref b, a\n", "would be a name for itself"),
    "conditions": (".if 1\n" * 100_000, "stopped after 100 errors"),
    "comments": ("/*" * 1_000_000 + "\n", "is not closed"),
    "an open string": ('.ascii "' + "a" * 5_000_000 + "\n", "error: operand"),
    "quotes": ('"' * 1_000_000 + "\n", "does not begin with"),
    "apostrophes": ("'" * 1_000_000 + "\n", "does not begin with"),
    "a long name": ("add a0, a0, " + "a" * 5_000_000 + "\n", "is not a"),
    "errors": ("wrong\n" * 500_000, "stopped after 100 errors"),
    "numbers of files": ('.file 4294967296 "x"\n', "valid is 0 to 65535"),
    "numbers of lines": ('.file 1 "x"\n.loc 1 99999999999999999999\n', "is not a line"),
    "relocations": (".reloc 1 << 62, R_RISCV_32, x\n", "lies outside of the section"),
    "common symbols": (".comm x, 1 << 50\n", "more than a section can hold"),
    "words": (".insn 1 << 62\n", "does not fit"),
    "bytes": ("".join(map(chr, range(1, 256))) * 100, "error"),
}
HEAVY = {
    "many lines": ".rept 1100000\nnop\n.endr\n",
    "a long list": ".byte " + ",".join(["1"] * 1_000_000) + "\n",
    "a long string": '.ascii "' + "a" * 10_000_000 + '"\n',
    "semicolons": ";" * 1_000_000 + "nop\n",
    "many labels": "".join(f"l{i}:" for i in range(50_000)) + "\n",
    "many options": ".option push\n" * 50_000,
    "many states": ".cfi_startproc\n" + ".cfi_remember_state\n" * 50_000 + ".cfi_endproc\n",
    "many alignments": ".align 3\nnop\nj x\n" * 10_000 + "x:\n",
    "many branches": "".join(f"beqz a0, l{i}\n" for i in range(2000))
    + "".join(f"l{i}: .space 8\n" for i in range(2000)),
}
"""What is large and right: it takes a while, and makes a program."""


THROUGH_THE_COMMAND = ("many lines", "a growing argument", "inclusion of itself", "bytes")


def run(text: str, folder: Path, limits: Limits = LIMITS) -> Program:
    """The program of a source; it takes neither long nor much memory to say that there is none."""
    path = folder / "bomb.s"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        made, diagnostics = load(Assembler(isa_for("rv64gc"), limits=limits), path)
        program = link([made])
        program.warnings = diagnostics.found
        return program
    finally:
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert (after - before) >> 10 < MEBIBYTES
        assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_defused(name: str, tmp_path: Path) -> None:
    source, sentence = BOMBS[name]
    with pytest.raises(AssemblyError) as caught:
        run(source, tmp_path)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 1 << 20


@pytest.mark.parametrize("name", HEAVY)
def test_large_sources_are_carried(name: str, tmp_path: Path) -> None:
    assert run(HEAVY[name], tmp_path, Limits()).warnings == []


@pytest.mark.parametrize("name", THROUGH_THE_COMMAND)
def test_the_command_ends_with_3_and_no_traceback(name: str, tmp_path: Path) -> None:
    source, sentence = BOMBS[name]
    path = tmp_path / "bomb.s"
    path.write_text(source, encoding="utf-8", errors="surrogateescape")
    done = subprocess.run(
        [sys.executable, "-m", "rvx", "asm", str(path), "-o", str(tmp_path / "out")],
        capture_output=True,
        check=False,
        timeout=SECONDS,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES)),
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr.decode()
    assert sentence in done.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_devices_are_no_sources(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rvx", "asm", "/dev/zero"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    assert done.returncode == 2
    assert done.stderr == b"error: '/dev/zero' is a device, not a file\n"


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The file with some bytes replaced, or cut off."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 3, 10, 40])):
        out[rng.randrange(16, len(out))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    return bytes(out[: rng.randrange(16, len(out))] if rng.random() < 0.1 else out)


def survives(take: Callable[[bytes], object], data: bytes) -> bool:
    """Whether the data makes a program; if not, there are sentences, and they come soon."""
    start = time.process_time()
    try:
        take(data)
        is_good = True
    except AssemblyError as error:
        is_good = not all(found.message for found in error.diagnostics)
        assert not is_good
    assert time.process_time() - start < 10
    return is_good


def test_damaged_objects(gnu: Gnu) -> None:
    rng = random.Random(7)
    names = ("relocations", "frames", "groups")
    seeds = [gnu.object(SOURCES[name]).read_bytes() for name in names]
    seeds += [
        relocatable(own_object(SOURCES[name], relax=True)) for name in ("symbols", "branches")
    ]
    outcomes = [
        survives(lambda data: link([read_object(data, "bad.o")]), damaged(rng.choice(seeds), rng))
        for _ in range(600)
    ]
    assert not all(outcomes)


def test_damaged_archives(gnu: Gnu) -> None:
    rng = random.Random(8)
    members = [gnu.object(f".globl f{i}\nf{i}: ret\n") for i in range(3)]
    library = gnu.path(".a")
    assert gnu.run("ar", "rcs", str(library), *map(str, members)).returncode == 0
    data = library.read_bytes()

    def take(content: bytes) -> None:
        start = own_object(".globl _start\n_start: call f0\ncall f2\n")
        link([start, read_archive(content, "some.a")])

    assert survives(take, data)
    for _ in range(300):
        survives(take, damaged(data, rng))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data[:-3], "is cut off"),
        (lambda data: data.replace(b"`\n", b"xx", 1), "there is no header of a member at offset 8"),
        (lambda data: data.replace(b"!<arch>", b"!<thin>"), "is a thin archive"),
        (lambda data: data[:8] + data[8:].replace(b"/  ", b"q  ", 1), "is not an ELF file"),
    ],
)
def test_what_is_wrong_with_an_archive(gnu: Gnu, change, sentence) -> None:  # type: ignore[no-untyped-def]
    library = gnu.path(".a")
    gnu.run("ar", "rcs", str(library), str(gnu.object(".globl f\nf: ret\n")))
    with pytest.raises(AssemblyError, match=r"bad\.a") as caught:
        read_archive(change(library.read_bytes()), "bad.a")
    assert sentence in str(caught.value)


def test_an_archive_without_an_index(gnu: Gnu) -> None:
    library = gnu.path(".a")
    gnu.run("ar", "rcS", str(library), str(gnu.object(".globl f\nf: ret\n")))
    start = own_object(".globl _start\n_start: call f\n")
    assert "f" in link([read_archive(library.read_bytes(), "lib.a"), start]).symbols
