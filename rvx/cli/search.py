"""`rvx search`: the parameters that cost least and err least."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, End, Option, command_line
from rvx.cli.options import Json
from rvx.cli.output import UsageProblem, print_json, print_table, progress_bar, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from rvx.analysis.search import Found

MOST_VALUES = 10_000
"""Of a parameter."""


def search(
    what: Annotated[
        str,
        Argument(
            metavar="WHAT",
            help="A kernel by name or as a folder; formats: posit, minifloat, int, mx, vsq; or "
            "dot, accumulators of dot products.",
            complete=complete.searched,
        ),
    ],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="FOLDER", help="Where trials go, and are found again."),
    ],
    parameter: Annotated[
        list[str] | None,
        Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUES",
            help="Values of a parameter: bits=4:8 for all between, block=16,32, variant=f32,int8. "
            "Repeatable.",
        ),
    ] = None,
    cost: Annotated[
        str,
        Option(
            "--cost",
            metavar="NAME",
            help="What is to be small beside the error: instructions, or per MAC, of kernels; "
            "bytes of an element of formats; adder bits or additions of dot.",
        ),
    ] = "",
    trials: Annotated[
        int, Option("--trials", min=1, help="Choices to try, with those of earlier runs.")
    ] = 100,
    seed: Annotated[int, Option("--seed", min=0, help="Of the choices.")] = 0,
    seeds: Annotated[int, Option("--seeds", min=1, help="Inputs that errors are means of.")] = 1,
    workers: Annotated[
        int, Option("--workers", min=0, help="Processes; one for each processor if 0.")
    ] = 1,
    inputs_range: Annotated[
        str, Option("--range", metavar="R|LOW:HIGH", help="Of the inputs; dot has its own.")
    ] = "1",
    distribution: Annotated[
        str,
        Option(
            "--distribution",
            metavar="NAME",
            help="Of the inputs, as compare has them; of dot, write -p data=heavier.",
            complete=complete.distributions,
        ),
    ] = "uniform",
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="FILE", help="Also draw all trials (.svg, .png, .pdf)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Search parameters of a kernel or a number format for what costs least and errs least.

    Prints the Pareto front: choices that no other one beats in error and cost. Where there are no
    more choices than trials, all are tried, else Optuna proposes them. Trials are on disk when they
    are done, as a study of Optuna in study.log; the same command goes on where it stopped. All of
    them are in trials.csv. If none came out, the exit code is 1.
    """
    from rvx.analysis import plots
    from rvx.analysis.distributions import check_distribution
    from rvx.analysis.search import study
    from rvx.analysis.search.space import Conditions, space_of
    from rvx.analysis.sweep.workers import processors
    from rvx.analysis.versions import versions
    from rvx.cli.compare import parse_range
    from rvx.cli.sweep import teller

    if plot is not None:
        plots.check(plot)
    check_distribution(distribution)
    space = space_of(what)
    given = dict(parse_values(text) for text in parameter or ())
    space = space.narrowed(given)
    chosen = cost or space.costs[0]
    if chosen not in space.costs:
        raise UsageProblem(f"--cost {cost}: {what} has {', '.join(space.costs)}")
    low, high = parse_range(inputs_range)
    conditions = Conditions(low, high, distribution, seeds)
    with progress_bar(1) as show:
        found = study.search(
            *(space, conditions, output, chosen, trials, seed),
            workers=workers or processors(),
            progress=teller(show, "choices"),
        )
    say(f"wrote {output / study.TABLE}")
    if plot is not None:
        study.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json({**found.to_json(), "command": command_line(), "versions": versions()})
    else:
        _print(found)
    if not found.front:
        why = next((trial.message for trial in found.trials if trial.message is not None), "")
        say(f"error: none of {len(found.trials)} trials came out; the first of them: {why}")
        raise End(Exit.FAILED)


def parse_values(text: str) -> tuple[str, Sequence[int | str]]:
    """Name and values of a `-p NAME=VALUES` option.

    Raises:
        UsageProblem: it is not of that form.
    """
    name, equals, values = text.partition("=")
    parts = [part.strip() for part in values.split(",")]
    if not equals or not name.strip() or not all(parts):
        raise UsageProblem(f"-p {text}: write a name and values, such as bits=4:8 or block=16,32")
    found: list[int | str] = []
    for part in parts:
        first, colon, last = part.partition(":")
        try:
            ends = int(first, 0), int(last, 0) if colon else int(first, 0)
        except ValueError:
            if colon:
                raise UsageProblem(
                    f"-p {text}: {part} is no range of whole numbers, such as 4:8"
                ) from None
            found.append(part)
            continue
        if not 0 <= ends[1] - ends[0] < MOST_VALUES:
            raise UsageProblem(f"-p {text}: {part} has to ascend, by less than {MOST_VALUES:,}")
        found += range(ends[0], ends[1] + 1)
    return name.strip(), found


def _print(found: Found) -> None:
    """The front, cheapest first."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rvx.analysis.search.study import title

    names = [axis.name for axis in found.space.axes if len(axis.values) > 1]
    print(title(found))
    table = Table(box=SIMPLE_HEAD)
    for name in names:
        table.add_column(name, no_wrap=True)
    for name in (found.cost, found.space.error):
        table.add_column(name, justify="right", no_wrap=True)
    for trial in found.front:
        values = [str(trial.choice[name]) for name in names]
        table.add_row(*values, f"{trial.cost:,.6g}", f"{trial.error:.3e}")
    print_table(table)
    failed = sum(trial.message is not None for trial in found.trials)
    if failed and found.front:
        say(f"{failed} of {len(found.trials)} choices gave nothing; trials.csv says why")
