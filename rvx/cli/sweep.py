"""`rvx sweep`: a grid of comparisons, on all processors, that goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rvx.cli import complete
from rvx.cli.declare import Argument, End, Option, command_line
from rvx.cli.options import AccumulatorFiles, Json
from rvx.cli.output import Progress, UsageProblem, print_json, print_table, progress_bar, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from rvx.analysis.sweep import Grid, Rows

SCHEMA = "rvx.sweep/1"
MOST_LINES = 200
"""Rows of the table on the terminal."""


def sweep(
    kernel: Annotated[
        list[str],
        Argument(
            metavar="KERNEL|FILE...",
            help="Kernels, folders of kernels, or one TOML file.",
            complete=complete.kernels_or_files,
        ),
    ],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="FOLDER", help="Where the rows go, and are found again."),
    ],
    variant: Annotated[
        list[str] | None,
        Option(
            "--variant",
            metavar="NAME",
            help="Variants, or patterns; all without. Or accumulators of rvx dot, such as "
            "'fma-*'. Repeatable.",
            complete=complete.variants_or_accumulators,
        ),
    ] = None,
    accumulators: AccumulatorFiles = None,
    parameter: Annotated[
        list[str] | None,
        Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUES",
            help="Sizes, such as K=16,64; M=N=16,32 for some that are alike; VLEN=128,256. "
            "Repeatable.",
        ),
    ] = None,
    inputs_range: Annotated[
        str,
        Option("--range", metavar="R,LOW:HIGH,...", help="Ranges of the inputs."),
    ] = "1",
    distribution: Annotated[
        str,
        Option(
            "--distribution",
            metavar="NAME,...",
            help="Of the inputs: uniform, normal, laplace, lognormal, heavy, heavier, "
            "sparse, ill, wide.",
            complete=complete.distributions,
        ),
    ] = "uniform",
    seeds: Annotated[int, Option("--seeds", min=1, help="Inputs of each kind.")] = 1,
    workers: Annotated[
        int, Option("--workers", min=0, help="Processes; one for each processor if 0.")
    ] = 0,
    scheduler: Annotated[
        str,
        Option("--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler."),
    ] = "",
    retry: Annotated[bool, Option("--retry", help="Do cells again that failed.")] = False,
    as_json: Json = False,
) -> None:
    """Run a grid of comparisons: kernels, variants, sizes, ranges, distributions and seeds.

    Every cell becomes a row in the folder as soon as it is done: rows.jsonl, and tables of it in
    rows.csv and, with the package pyarrow, rows.parquet. A sweep that was ended, or that has grown,
    computes what is missing. A cell that fails is a row with the reason. If one failed, or was not
    exact, the exit code is 1.
    """
    from rvx.analysis.sweep import sweep as run
    from rvx.analysis.versions import versions

    files = accumulators or []
    grid = _grid(kernel, variant, files, parameter, inputs_range, distribution, seeds)
    with progress_bar(1) as show:
        done = run(grid, output, workers, scheduler, retry, teller(show))
    for path in done.tables:
        say(f"wrote {path}")
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "computed": done.computed,
                "rows": [_nested(row) for row in done.rows],
                "command": command_line(),
                "versions": versions(),
            }
        )
    else:
        _print(done)
    failed = [row for row in done.rows if _is_wrong(row)]
    if failed:
        say(f"error: {len(failed)} of {len(done.rows)} cells failed, or are not exact")
        raise End(Exit.FAILED)


def _is_wrong(row: dict[str, Any]) -> bool:
    """Whether a cell failed, or its kernel is not exact."""
    return row["error"] is not None or row["bit_exact"] is False


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """A row for JSON: the sizes, whose names are the kernel's, are apart."""
    from rvx.analysis.sweep.cell import QUESTIONS, RESULTS

    known = (*QUESTIONS, *RESULTS, "seconds", "error")
    sizes = {name: value for name, value in row.items() if name not in known}
    asked = {name: row[name] for name in QUESTIONS}
    return {**asked, "sizes": sizes, **{name: row[name] for name in known if name not in asked}}


def teller(show: Progress, what: str = "cells") -> Callable[[int, int], None]:
    """Shows how many are done, and how many a second."""
    begun: list[tuple[int, float]] = []

    def tell(ready: int, of: int) -> None:
        now = time.monotonic()
        if not begun:
            begun.append((ready, now))
        (first, since) = begun[0]
        rate = f", {(ready - first) / (now - since):.1f} a second" if ready > first else ""
        show(f"{ready} of {of} {what}{rate}", ready / of)

    return tell


def _grid(
    names: Sequence[str],
    variants: Sequence[str] | None,
    files: Sequence[Path],
    parameters: Sequence[str] | None,
    ranges: str,
    distributions: str,
    seeds: int,
) -> Grid:
    from rvx.analysis.sweep import Grid, read_grid
    from rvx.cli.compare import parse_range

    if any(name.endswith(".toml") for name in names):
        if len(names) > 1 or variants or files or parameters:
            raise UsageProblem("a file says what the grid is; give it alone")
        return read_grid(Path(names[0]))
    return Grid(
        list(names),
        variants or ["all"],
        parse_sizes(parameters or []),
        [parse_range(one) for one in ranges.split(",")],
        distributions.split(","),
        range(seeds),
        files,
    )


def parse_sizes(given: Sequence[str]) -> dict[str, list[int]]:
    """The values of `-p NAME=VALUES` options.

    Raises:
        UsageProblem: one is not of that form.
    """
    found: dict[str, list[int]] = {}
    for text in given:
        names, equals, values = text.rpartition("=")
        try:
            numbers = [int(value, 0) for value in values.split(",")]
        except ValueError:
            equals = ""
        if not equals or not names.strip():
            raise UsageProblem(f"-p {text}: write a name and whole numbers, such as -p M=N=16,32")
        found[names] = numbers
    return found


def _print(done: Rows) -> None:
    """The rows as a table, or where they are if there are too many to read."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    if len(done.rows) > MOST_LINES:
        say(f"{len(done.rows):,} rows; the tables have all of them")
        return
    asked = [name for name in done.rows[0] if name not in _SHOWN and name not in _HIDDEN]
    varying = [name for name in asked if len({row[name] for row in done.rows}) > 1]
    columns = ["variant", *(name for name in varying if name != "variant"), *_SHOWN]
    table = Table(box=SIMPLE_HEAD)
    for name in columns:
        side = "left" if name in ("kernel", "variant", "distribution", "bit_exact") else "right"
        table.add_column(_SHOWN.get(name, name), justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in done.rows:
        style = "bold red" if _is_wrong(row) else None
        table.add_row(*(_text(name, row) for name in columns), style=style)
    print_table(table)


_SHOWN = {
    "instructions": "instructions",
    "instructions_per_mac": "per MAC",
    "mse": "MSE",
    "digits": "digits",
    "bit_exact": "emulation",
}
_HIDDEN = frozenset(
    "custom_instructions macs max_abs_error max_ulp sqnr_db inputs_mse arithmetic_mse results "
    "median_ulp p99_ulp bias_ulp mismatches inputs_out_of_range seconds error".split()
)


def _text(name: str, row: dict[str, Any]) -> str:
    from rvx.analysis.array_forms import NO_KERNEL

    value = row.get(name)
    if name == "bit_exact":
        if row["error"]:
            return str(row["error"])
        return NO_KERNEL if value is None else "exact" if value else "differs"
    if value is None:
        return "-"
    if name == "instructions":
        return f"{value:,}"
    if name == "mse":
        return f"{value:.3e}"
    return f"{value:.2f}" if isinstance(value, float) and name in _SHOWN else f"{value}"
