"""`rvx isa check`: reviews an extension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, End, Option
from rvx.cli.options import Json
from rvx.cli.output import UsageProblem, print_json, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from rvx.isa import Extension

SCHEMA = "rvx.isa.check/1"


def check(
    file: Annotated[
        str,
        Argument(
            metavar="FILE|NAME",
            help="The extension: a file, or the name of one.",
            complete=complete.extensions,
        ),
    ],
    against: Annotated[
        list[Path] | None,
        Option(
            "--against",
            metavar="PATH",
            help="A further file to compare words with, or a folder of riscv-opcodes. Repeatable.",
        ),
    ] = None,
    operands: Annotated[
        int,
        Option(
            "--operands",
            metavar="N",
            min=0,
            max=1_000_000,
            help="Perform each body with so many operands, interpreted and compiled.",
        ),
    ] = 200,
    seed: Annotated[int, Option("--seed", metavar="N", help="Of these operands.")] = 0,
    as_json: Json = False,
) -> None:
    """Review an extension: clashes, what is unused, bodies that differ when they are compiled.

    Its words are compared with those of all that rvx ships, and of files in the format of
    riscv-opcodes. The exit code is 1 if an error is found.
    """
    from rvx.analysis.review import review
    from rvx.extensions import shipped_extensions
    from rvx.extensions.catalogue import resolve

    others = [*shipped_extensions().values(), *_read(against or [])]
    found = [(one, review(one, others, operands, seed)) for one in resolve(file)]
    findings = [finding for _, part in found for finding in part]
    if as_json:
        document = [
            {"level": each.level, "about": each.about, "text": each.text} for each in findings
        ]
        print_json({"schema": SCHEMA, "findings": document})
    else:
        for each in findings:
            print(f"{each.level}: {each.about}: {each.text}")
        for one, part in found:
            errors = sum(each.level == "error" for each in part)
            warnings = sum(each.level == "warning" for each in part)
            say(
                f"{one.name}: {_counted(len(one.instructions), 'instruction')}, "
                f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
            )
    wrong = sum(each.level == "error" for each in findings)
    if wrong:
        say(f"error: {file} has {_counted(wrong, 'error')}")
        raise End(Exit.FAILED)


def _read(paths: list[Path]) -> list[Extension]:
    """The extensions of files, and of all files of a folder."""
    import warnings

    from rvx.errors import ExtensionNote
    from rvx.extensions import load_file

    found: list[Extension] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                each for each in path.rglob("rv*_*") if each.is_file() and not each.suffix
            )
            if not inside:
                raise UsageProblem(
                    f"there are no files of riscv-opcodes, such as rv_i, in '{path}'"
                )
        else:
            inside = [path]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExtensionNote)
            found += [one for each in inside for one in load_file(each)]
    return found


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
