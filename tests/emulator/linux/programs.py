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
        return ["riscv64-linux-gnu-g++", "-std=c++17"]
    return ["riscv64-linux-gnu-gcc", "-std=gnu17"]


def build(source: Path, folder: Path, *flags: str) -> Path:
    """A static program."""
    program = folder / source.stem
    command = [*compiler(source), "-O2", "-w", "-static", *flags, str(source)]
    subprocess.run([*command, "-o", str(program), "-lm"], check=True)
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
