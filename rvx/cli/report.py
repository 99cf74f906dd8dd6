"""`rvx report`: what other commands have found, as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rvx.cli.declare import Argument, Option
from rvx.cli.output import UsageProblem, say


def report(
    documents: Annotated[
        list[Path],
        Argument(
            metavar="FILE|FOLDER...",
            help="JSON documents of compare, sweep, search, dot, train, lm and run --profile, or "
            "folders of sweeps; - is stdin.",
        ),
    ],
    output: Annotated[
        Path, Option("--output", "-o", metavar="FILE.html", help="The page that is written.")
    ],
) -> None:
    """Make one page of JSON documents: a table to sort and filter, and charts.

    The page is one file that loads nothing. It shows accuracy over instructions, instructions by
    class, how errors are distributed and what they depend on, hot loops of profiles, the worst
    results with their operands, and how to do it all again.
    """
    from rvx.analysis.report import read, to_html

    if output.suffix.lower() not in (".html", ".htm"):
        raise UsageProblem(f"-o {output}: the name of a page ends in .html")
    if not output.absolute().parent.is_dir() or output.is_dir():
        raise UsageProblem(
            f"-o {output}: there is no folder {output.absolute().parent} to write to"
        )
    studies = [read(path) for path in documents]
    output.write_text("".join(f"{line}\n" for line in to_html(studies)), "utf-8")
    say(f"wrote {output}")
