"""`rvx paper percival`: posit32 and float32 in matrix products."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from rvx.cli.options import BackendName, Json, parse_tier
from rvx.cli.output import UsageProblem, command, print_json, print_table, say, talk

Number = TypeVar("Number", int, float)


@command
def percival(
    ranges: Annotated[
        str,
        typer.Option("--ranges", metavar="R,R,...", help="Inputs are uniform in [-R, R], each R."),
    ] = "0.1,1,10,100,1000",
    sizes: Annotated[
        str, typer.Option("--sizes", metavar="N,N,...", help="Rows and columns of the matrices.")
    ] = "16,32,64,128,256",
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="Pairs of random matrices a cell.")
    ] = 8,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Also draw it (.svg, .png).")
    ] = None,
    as_json: Json = False,
    backend: BackendName = "native",
) -> None:
    """Reproduce the accuracy of PERCIVAL: matrix products in posit32 and in float32.

    The mean squared errors of posit32 with and without the quire and of float32 with and without
    FMA, beside the published figures and an independent simulation of the same experiment.
    """
    from rvx.analysis import plots
    from rvx.paper.percival import study, view

    way, _ = parse_tier(backend, "region")
    limits = parse_list("--ranges", ranges, float)
    lengths = parse_list("--sizes", sizes, int)
    if plot is not None:
        plots.check(plot)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = talk()
    columns = (TextColumn("{task.description:42}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        # A cell takes as long as it has products of numbers.
        task = bar.add_task("", total=4 * len(limits) * len(lengths))

        def begin(name: str) -> None:
            bar.update(task, description=name.replace("[", "\\["), advance=1)

        found = study.run(limits, lengths, seeds, way, begin)
    if plot is not None:
        view.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json(found.to_json())
    else:
        print_table(view.to_rich(found))


def parse_list(option: str, text: str, kind: Callable[[str], Number]) -> list[Number]:
    """The numbers of an option, separated by commas.

    Raises:
        UsageProblem: one of them is no number, or not above 0.
    """
    try:
        numbers = [kind(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or not all(0 < number < float("inf") for number in numbers):
        what = "whole numbers" if kind is int else "numbers"
        raise UsageProblem(f"{option} {text}: write {what} above 0, with commas between them")
    return numbers
