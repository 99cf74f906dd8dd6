"""`rvx isa import`: what other tools say of instructions, as an extension file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, Option
from rvx.cli.export import write
from rvx.cli.output import UsageProblem, say

_SOURCES = ("udb", "riscv-unified-db")


def import_(
    source: Annotated[
        str,
        Argument(
            metavar="SOURCE",
            help="udb: YAML files of riscv-unified-db, or folders of them.",
            complete=complete.sources_of_import,
        ),
    ],
    paths: Annotated[
        list[Path], Argument(metavar="PATH...", help="Files, and folders with all that is in them.")
    ],
    output: Annotated[
        Path | None, Option("-o", "--output", metavar="FILE", help="Where to; stdout by default.")
    ] = None,
    name: Annotated[
        str,
        Option(
            "--name",
            metavar="NAME",
            help="One extension for all instructions. Default: each is of the one that defines it.",
        ),
    ] = "",
    is_strict: Annotated[
        bool,
        Option(
            "--strict",
            help="Give literals, sums of fields and shifted parts of registers the few bits that "
            "IDL gives them, where rvx says otherwise that it reads more.",
        ),
    ] = False,
) -> None:
    """Write an extension file of what another tool says of instructions: encodings and bodies.

    What rvx reads differently, and what an operation does that bodies cannot, is said on stderr:
    such instructions have their encoding only.
    """
    import re

    from rvx.udb import database
    from rvx.udb.extension import make_file
    from rvx.version import __version__

    if source not in _SOURCES:
        raise UsageProblem(f"there is nothing to import from '{source}'; there is udb")
    if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise UsageProblem(f"--name {name}: letters and digits that begin with a letter are valid")
    found = database.read(paths)
    made = make_file(
        found.instructions, name=name, is_strict=is_strict, made_by=f" by rvx {__version__}"
    )
    for sentence in (*found.left_out, *made.left_out):
        say(f"warning: {sentence}")
    if not made.text:
        raise UsageProblem("there is no instruction to import")
    for note in made.notes:
        say(f"note: {note}")
    for sentence in made.without_body:
        say(f"note: {sentence}; it has its encoding only")
    write({"extension": made.text}, output)
    if output is not None:
        many = "s" if made.count != 1 else ""
        say(f"{output}: {made.count} instruction{many}, {made.with_body} with a body")
