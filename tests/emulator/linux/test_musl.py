"""All programs with musl, for RV64 and RV32, as Clang compiles them, give what QEMU gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.linux.programs import ALL, compare


def _build(source: Path, folder: Path, xlen: int) -> Path:
    """A static program by the compiler in the package `ziglang`, which brings musl along."""
    program = folder / source.stem
    language = ["c++", "-std=c++17"] if source.suffix == ".cpp" else ["cc", "-std=gnu17"]
    flags = [
        "-target",
        f"riscv{xlen}-linux-musl",
        "-static",
        "-w",
        "-O2",
        "-fno-sanitize=undefined",
    ]
    command = [sys.executable, "-m", "ziglang", *language, *flags, str(source)]
    subprocess.run([*command, "-o", str(program), "-lm"], check=True)
    return program


@pytest.mark.long
@pytest.mark.parametrize("xlen", [64, 32])
@pytest.mark.parametrize("source", ALL, ids=lambda one: one.stem)
def test_program_with_musl(tmp_path: Path, source: Path, xlen: int) -> None:
    """Some ten minutes, most of it the compiler's; it needs `pip install ziglang==0.15.2`."""
    compare(_build(source, tmp_path, xlen), tmp_path, xlen)
