"""C preprocessing of `.S` sources, by a compiler found on the machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rvx.assembler.diagnostics import AssemblyError, Diagnostic, Location

COMPILERS = (
    "riscv64-unknown-elf-gcc",
    "riscv64-linux-gnu-gcc",
    "riscv32-unknown-elf-gcc",
    "clang",
    "gcc",
    "cc",
)
_TIMEOUT = 60


def compiler() -> str | None:
    """The compiler whose preprocessor is used: `RVX_CPP`, or the first one that is installed."""
    import shutil

    named = os.environ.get("RVX_CPP")
    if named:
        return shutil.which(named)
    return next((found for name in COMPILERS if (found := shutil.which(name))), None)


def preprocess(
    path: str | Path,
    *,
    include_dirs: Sequence[str | Path] = (),
    defines: Mapping[str, str] | None = None,
    xlen: int = 64,
) -> str:
    """The text of a `.S` source after C preprocessing, with line markers.

    Raises:
        AssemblyError: there is no compiler, or it refuses the source.
    """
    import subprocess

    tool = compiler()
    location = Location(str(path), 1)
    if tool is None:
        message = (
            f"'{path}' needs a C preprocessor and no compiler is installed; install one of "
            f"{', '.join(COMPILERS)}, name one in RVX_CPP, or write a .s source"
        )
        raise AssemblyError([Diagnostic("error", location, message)])
    command = [tool, "-E", "-x", "assembler-with-cpp", f"-D__riscv_xlen={xlen}"]
    if "riscv" in Path(tool).name:  # these define it themselves, for the right width
        command = [
            *command[:-1],
            f"-march=rv{xlen}gc",
            f"-mabi={'lp64d' if xlen == 64 else 'ilp32d'}",
        ]
    else:
        command += ["-U__x86_64__", "-U__aarch64__", "-D__riscv=1"]
    command += [f"-I{folder}" for folder in include_dirs]
    command += [f"-D{name}={value}" for name, value in (defines or {}).items()]
    done = subprocess.run([*command, str(path)], capture_output=True, timeout=_TIMEOUT, check=False)
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip()
        raise AssemblyError([Diagnostic("error", location, f"preprocessing failed: {message}")])
    return done.stdout.decode("utf-8", "surrogateescape")
