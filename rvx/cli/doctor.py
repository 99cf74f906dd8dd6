"""`rvx doctor`: whether this installation is whole, and what it has to work with."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from typing import NamedTuple

from rvx.cli.declare import End
from rvx.errors import Exit

DISTRIBUTION = "rvx-emulator"
_REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:\[.*?\])?\s*([^;]*)(;.*)?")
_TOOLS = {
    "riscv64-unknown-elf-gcc": "compiles C for rvx toolchain and bare metal",
    "riscv64-linux-gnu-gcc": "compiles C into Linux programs",
    "riscv64-unknown-elf-as": "is what the assembler is compared with",
    "clang": "compiles C, with vectors",
    "gdb-multiarch": "debugs through rvx debug --gdb",
    "spike": "is what instructions are compared with",
    "qemu-riscv64": "is what Linux programs are compared with",
}
_ADDRESSES = 4 << 30
"""Bytes of addresses that a few machines reserve; each takes one gigabyte for Unicorn."""


class Finding(NamedTuple):
    """One line of the report.

    Attributes:
        verdict: `ok`, `note` for what may be missing, `warning`, or `error`.
        text: what was found, and what to do about it.
    """

    verdict: str
    text: str


def doctor() -> None:
    """Say whether this installation is whole: versions, compiled code, cache, tools beside it.

    The exit code is 1 if something will not work.
    """
    has_failed = False
    for check in (_platform, _packages, _run, _cache, _limits, _tools):
        for finding in check():
            print(f"{finding.verdict:8} {finding.text}", flush=True)
            has_failed |= finding.verdict == "error"
    if has_failed:
        raise End(Exit.FAILED)


def _platform() -> Iterator[Finding]:
    from rvx.version import __version__

    system, machine = platform.system(), platform.machine()
    yield Finding("ok", f"rvx {__version__} in Python {platform.python_version()}")
    is_tested = (system, machine) == ("Linux", "x86_64")
    tested = "" if is_tested else "; only Linux on x86-64 is tested"
    yield Finding("ok" if is_tested else "warning", f"{system} on {machine}{tested}")


def _packages() -> Iterator[Finding]:
    """What the distribution requires, its extras left out."""
    from importlib.metadata import PackageNotFoundError, requires, version

    try:
        wanted = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield Finding("error", f"{DISTRIBUTION} is not installed: pip install . in its folder")
        return
    for text in wanted:
        found = _REQUIREMENT.fullmatch(text)
        assert found is not None
        name, versions, condition = found.groups()
        if condition and "extra" in condition:
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            yield Finding("error", f"{name} is missing: pip install '{name}{versions.strip()}'")
            continue
        pinned = re.search(r"==\s*([\w.]+)", versions)
        if pinned and pinned[1] != installed:
            advice = f"rvx relies on {pinned[1]}: pip install '{name}=={pinned[1]}'"
            yield Finding("error", f"{name} {installed}; {advice}")
        else:
            yield Finding("ok", f"{name} {installed}")


def _run() -> Iterator[Finding]:
    """A program with an instruction of its own, interpreted and compiled."""
    try:
        from rvx.assembler import assemble
        from rvx.emulator import Backend, Machine
        from rvx.extensions import isa_for
        from rvx.isa import Extension

        extension = Extension("Xdoctor", version="1")

        @extension.instruction("twice rd, rs1", "0000000 00000 rs1 000 rd 1111011")
        def twice(rs1: int) -> int:
            """rd = 2 * rs1."""
            return 2 * rs1

        isa = isa_for("rv64gc", [extension])
        program = assemble("_start: li a0, 21\ntwice a0, a0\nli a7, 93\necall\n", isa=isa)
        backends: tuple[Backend, ...] = ("python", "native")
        for backend in backends:
            code = Machine(program, isa=isa, backend=backend).run().exit_code
            if code != 42:
                yield Finding("error", f"a program ran to {code} in place of 42 ({backend})")
                return
    except Exception as error:
        yield Finding("error", f"a program cannot be run: {type(error).__name__}: {error}")
        return
    yield Finding("ok", "an instruction declared now was assembled, interpreted and compiled")


def _cache() -> Iterator[Finding]:
    from rvx.disk import directory

    folder = directory()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(existing, os.W_OK | os.X_OK):
        free = shutil.disk_usage(existing).free >> 20
        verdict = "ok" if free > 200 else "warning"
        yield Finding(verdict, f"compiled code is kept in {folder}, {free} MiB free")
    else:
        advice = "everything is compiled anew each time; set RVX_CACHE_DIR"
        yield Finding("warning", f"{folder} cannot be written to: {advice}")


def _limits() -> Iterator[Finding]:
    if sys.platform == "win32":
        return
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < _ADDRESSES:
        text = f"addresses are limited to {limit >> 20} MiB (ulimit -v); a machine takes 1024"
        yield Finding("warning", text)


def _tools() -> Iterator[Finding]:
    for name, purpose in _TOOLS.items():
        path = shutil.which(name)
        if path:
            yield Finding("ok", f"{name} is {path}")
        else:
            yield Finding("note", f"{name} is not there; it {purpose}")
