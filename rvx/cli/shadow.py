"""`--shadow` of `rvx run` and `rvx compare`: what it may be, and how its report is printed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from rvx.cli.declare import Option
from rvx.cli.output import UsageProblem, print_table, talk

if TYPE_CHECKING:
    from rvx.analysis.shadow.engine import Shadow
    from rvx.analysis.shadow.report import Report

Mode = Annotated[
    str | None,
    Option(
        "--shadow",
        metavar="float64|exact",
        help="Follow every number without rounding beside the run, and print the instructions "
        "at which errors were born.",
    ),
]
VARIANT_ROWS = 4
"""Instructions that are shown of each variant of a comparison."""
_PERIOD = 0.2
"""Seconds between two signs of life."""


def check_mode(mode: str | None) -> None:
    """Checks the value of --shadow.

    Raises:
        UsageProblem: it is something else.
    """
    if mode not in (None, "float64", "exact"):
        raise UsageProblem(f"--shadow {mode}: shadows are float64 or exact")


@contextmanager
def counting(shadow: Shadow | None) -> Iterator[None]:
    """A count of the instructions that were followed, on stderr while somebody watches."""
    if shadow is None or not sys.stderr.isatty():
        yield
        return
    console = talk()
    last = time.monotonic()
    with console.status("following numbers") as status:

        def show(count: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _PERIOD:
                last = now
                status.update(f"following numbers: {count:,} instructions")

        shadow.progress = show
        yield


def print_report(report: Report, most: int | None = None) -> None:
    """Prints the table, and the sentences below it."""
    from rvx.analysis.shadow.report import MOST_ROWS

    rows = MOST_ROWS if most is None else most
    if report.erring:
        print_table(report.to_rich(rows))
    for sentence in report.sentences(rows):
        print(sentence)
