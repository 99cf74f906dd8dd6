"""`rvx toolchain`: runs GCC or Clang with rvx as its assembler."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import click

from rvx.cli.declare import Argument, End, Option, made_by
from rvx.cli.options import Ext
from rvx.cli.output import UsageProblem, say

_CROSS = ("riscv64-unknown-elf-", "riscv64-linux-gnu-")
"""What the names of Debian's cross compilers begin with; the first that is there is taken."""
_CLANG = re.compile(r"clang(\+\+)?(-\d+)?(\.exe)?")


class ToolchainCommand(click.Command):
    """A command whose line ends where the one of the compiler begins."""

    allow_interspersed_args = False


@made_by(ToolchainCommand)
def toolchain(
    command: Annotated[
        list[str] | None,
        Argument(
            metavar="[COMPILER] [ARGUMENT]...",
            help="gcc, g++, clang, or the name or path of another one, and its own command line.",
        ),
    ] = None,
    ext: Ext = None,
    write: Annotated[
        Path | None,
        Option(
            "--write",
            metavar="FOLDER",
            help="Write the assembler to this folder, for -B of a makefile; run nothing.",
        ),
    ] = None,
) -> None:
    """Run GCC or Clang with rvx as its assembler, so that it takes your mnemonics.

    gcc is the cross compiler for RISC-V, and clang gets the options that make it one. Names of
    custom extensions are taken out of -march, since the compiler does not know them.

        rvx toolchain --ext mine.py gcc -O2 -march=rv64gc_xmine prog.c -o prog
    """
    chosen = [_file_or_name(one) for one in ext or ()]
    for one in chosen:
        _check(one)
    if write is not None:
        if command:
            raise UsageProblem("--write runs nothing; leave the compiler out")
        write_assembler(write, chosen)
        say(f"pass -B {shlex.quote(str(write))} to the compiler")
        return
    if not command:
        raise UsageProblem("which compiler? For instance: rvx toolchain --ext mine.py gcc -c a.c")
    with tempfile.TemporaryDirectory(prefix="rvx-toolchain-") as folder:
        words, named = without_custom(command[1:], chosen)
        write_assembler(Path(folder), [*chosen, *named])
        driver = [*find_compiler(command[0]), f"-B{folder}"]
        try:
            done = subprocess.run([*driver, *words], check=False)
        except OSError as error:
            raise UsageProblem(f"'{driver[0]}' does not run: {error.strerror}") from None
    # A compiler that a signal has ended is said as shells do.
    raise End(done.returncode if done.returncode >= 0 else 128 - done.returncode)


def _file_or_name(one: str) -> str:
    """A path that holds in whatever folder the assembler is run, or the name of an extension."""
    path = Path(one)
    return str(path.resolve()) if path.exists() else one


def _check(one: str) -> None:
    """Says now what is wrong with an extension, instead of once a file.

    Raises:
        IsaError: it cannot be loaded.
    """
    from rvx.extensions import isa_for

    isa_for("rv64gc", [one])


def write_assembler(folder: Path, ext: Sequence[str]) -> None:
    """Writes a program `as` that compiler drivers call, and that knows these extensions.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "rvx", "as"]
    for one in ext:
        words += ["--ext", one]
    path = folder / "as"
    path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    path.chmod(0o755)


def find_compiler(name: str) -> list[str]:
    """The compiler that a name means, with what makes it call an assembler for RISC-V.

    Raises:
        UsageProblem: there is none.
    """
    if name in ("gcc", "g++", "cc", "c++"):
        plain = {"cc": "gcc", "c++": "g++"}.get(name, name)
        for prefix in _CROSS:
            if found := shutil.which(prefix + plain):
                return [found]
        tried = " and ".join(prefix + plain for prefix in _CROSS)
        raise UsageProblem(f"there is no {name} for RISC-V: {tried} are not in $PATH")
    found = shutil.which(name)
    if found is None:
        raise UsageProblem(f"there is no program '{name}'")
    if not _CLANG.fullmatch(os.path.basename(name)):
        return [found]
    # For bare metal, Clang listens to -fno-integrated-as only if it knows of a GCC.
    options = ["--target=riscv64-unknown-elf", "-fno-integrated-as"]
    for prefix in _CROSS:
        if gcc := shutil.which(f"{prefix}gcc"):
            return [found, *options, f"--gcc-toolchain={Path(gcc).parents[1]}"]
    raise UsageProblem(f"{name} needs a GCC for RISC-V beside it, such as {_CROSS[0]}gcc")


def without_custom(words: Sequence[str], ext: Sequence[str]) -> tuple[list[str], list[str]]:
    """A compiler's command line without custom extensions in `-march`.

    Args:
        words: the command line.
        ext: the user's extensions, files or names.

    Returns:
        The command line, and the names that were taken out and are not among the user's.
    """
    from rvx.extensions import load_file, names

    own = {found.name.lower() for one in ext if one not in names() for found in load_file(one)}
    kept: list[str] = []
    named: dict[str, None] = {}
    for word in words:
        if not word.startswith("-march="):
            kept.append(word)
            continue
        parts = word.split("_")
        for part in parts[1:]:
            name = re.sub(r"(?<=[a-z])\d+(p\d+)?$", "", part.lower())
            name = part.lower() if part.lower() in (*own, *names()) else name
            if name.startswith("x") and name in names() and name not in own:
                named[name] = None
            elif name not in own:
                continue
            parts.remove(part)
        kept.append("_".join(parts))
    return kept, list(named)
