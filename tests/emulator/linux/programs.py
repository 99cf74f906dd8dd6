"""C and C++ programs: how they are compiled, and how they are run by QEMU and by rvx."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rvx.emulator import Machine, RunResult, Settings
from rvx.extensions import isa_for

SOURCES = Path(__file__).parent / "programs"
TEXT = b"the quick brown fox\njumps over the lazy dog\n\n  and the end of 12 3.5 -7\nlast line" * 9
LINES = b"pear\napple\nfig\n\nApple\nzebra crossing\n10\n9\n"
GIVEN: dict[str, tuple[list[str], bytes]] = {
    "wc": ([], TEXT),
    "sort": (["-r"], LINES),
    "sha256": ([], TEXT),
    "scanf": ([], b"1 2 3\n40 x word"),
    "crc": ([], TEXT),
    "hash": ([], TEXT),
    "rle": ([], TEXT),
    "cat": ([], TEXT),
    "base64": ([], TEXT),
    "huffman": ([], TEXT),
    "streams": ([], TEXT),
    "calculator": ([], b"1+2*3\n2^3^2 - (4/3)\n1/0\n(1\n-2*-(3+1)\n7 7\n"),
    "iostream": ([], b"12 30 x -7\n"),
    "environment": (["-a", "-b", "value", "rest", "-c"], b""),
    "sieve": (["50000"], b""),
    "mappings": ([str(SOURCES / "wc.c")], b""),
}
_LOCALES = Path("/usr/lib/locale")
IN_A_FOLDER = ("files", "filesystem", "locks", "opened")
"""Programs that work in a folder which they are given."""
ALL = sorted(SOURCES.glob("*.c*"))
QEMU = {32: "qemu-riscv32", 64: "qemu-riscv64"}
_OF_QEMU = b"qemu: uncaught target signal"


@dataclass(frozen=True)
class Ending:
    """What a program has left behind."""

    output: bytes
    errors: bytes
    exit_code: int


def compiler(source: Path) -> list[str]:
    """GNU's compiler for Linux, and the language."""
    if source.suffix == ".cpp":
        return ["riscv64-linux-gnu-g++", "-std=c++20"]
    return ["riscv64-linux-gnu-gcc", "-std=gnu17"]


def build(source: Path, folder: Path, *flags: str) -> Path:
    """A static program."""
    program = folder / source.stem
    command = [*compiler(source), "-O2", "-w", "-static", *flags, str(source)]
    subprocess.run([*command, "-o", str(program), "-lm", "-latomic"], check=True)
    return program


def by_qemu(
    program: Path,
    arguments: Sequence[str] = (),
    stdin: bytes = b"",
    environment: Sequence[str] = (),
    xlen: int = 64,
) -> Ending:
    """What QEMU's user mode makes of a program."""
    variables = dict(one.split("=", 1) for one in environment)
    end = subprocess.run(
        [QEMU[xlen], str(program), *arguments],
        input=stdin,
        env=variables,
        capture_output=True,
        check=False,
        timeout=60,
    )
    errors = b"".join(
        line for line in end.stderr.splitlines(keepends=True) if not line.startswith(_OF_QEMU)
    )
    code = 128 - end.returncode if end.returncode < 0 else end.returncode
    return Ending(end.stdout, errors, code)


def compare(program: Path, folder: Path, xlen: int = 64) -> None:
    """A program gives what QEMU gives: output, errors and exit code."""
    name = program.stem
    arguments, stdin = GIVEN.get(name, ([], b""))
    environment = ["ONE=1", "LANG=C"]
    isa = f"rv{xlen}gc"
    if name not in IN_A_FOLDER:
        readable = [str(SOURCES), *(str(one) for one in [_LOCALES] if one.is_dir())]
        given = {"stdin": stdin, "environment": environment, "readable": readable}
        expected = by_qemu(program, arguments, stdin, environment, xlen)
        ours, _ = by_rvx(program, isa, arguments=arguments, **given)
        assert ours == expected
        return
    # Both in a folder of the same name: programs print it.
    room = folder / "room"
    endings = []
    for run in (
        lambda: by_qemu(program, [str(room)], xlen=xlen),
        lambda: by_rvx(program, isa, arguments=[str(room)], writable=[str(room)])[0],
    ):
        room.mkdir()
        endings.append(run())
        assert list(room.iterdir()) == []
        room.rmdir()
    assert endings[1] == endings[0]


def machine_for(program: Path, isa: str = "rv64gc", **given: Any) -> tuple[Machine, bytearray]:
    """A machine with a program, and where its standard error goes."""
    errors = bytearray()
    fields = Settings.__dataclass_fields__
    settings = Settings(**{name: value for name, value in given.items() if name in fields})
    machine = Machine(
        program,
        isa_for(isa),
        settings=settings,
        on_output=lambda descriptor, data: errors.extend(data) if descriptor == 2 else None,
        **{name: value for name, value in given.items() if name not in fields},
    )
    return machine, errors


def by_rvx(program: Path, isa: str = "rv64gc", **given: Any) -> tuple[Ending, RunResult]:
    """What rvx makes of it."""
    machine, errors = machine_for(program, isa, **given)
    result = machine.run()
    assert result.trap is None, result.trap
    assert result.exit_code is not None
    if result.ended_by:
        assert result.exit_code == 128 + signal.Signals(result.ended_by)
    return Ending(result.output, bytes(errors), result.exit_code), result
