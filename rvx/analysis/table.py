"""The table of a comparison: one list of columns for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rvx.analysis.compare import Comparison, Failure, Row
from rvx.notebook import html_table

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Column:
    """A column: its header, and the text of a row in it."""

    header: str
    text: Callable[[Row], str]


def _error(value: float) -> str:
    if np.isnan(value):
        return "-"
    return "0" if value == 0 else f"{value:.3e}"


def _decibel(value: float) -> str:
    return "-" if not np.isfinite(value) else f"{value:.1f}"


def _exactness(row: Row) -> str:
    said = "exact" if row.bit_exact else f"{row.mismatches} of {row.results} differ"
    if row.inputs_out_of_range:
        said += f", {row.inputs_out_of_range} inputs out of range"
    elif np.isnan(row.total.mse):
        said += ", results beyond float64"
    return said


def _failed(failure: Failure) -> list[str]:
    return [failure.variant.name, *["-"] * (len(COLUMNS) - 2), "failed"]


COLUMNS = (
    Column("variant", lambda row: row.variant.name),
    Column("instructions", lambda row: f"{row.run.instructions:,}"),
    Column("custom", lambda row: f"{row.run.custom_instructions:,}"),
    Column("per MAC", lambda row: f"{row.instructions_per_mac:.3f}"),
    Column("MSE", lambda row: _error(row.total.mse)),
    Column("max abs error", lambda row: _error(row.total.max_abs)),
    Column("SQNR dB", lambda row: _decibel(row.total.sqnr_db)),
    Column("inputs MSE", lambda row: _error(row.from_inputs.mse)),
    Column("arithmetic MSE", lambda row: _error(row.from_arithmetic.mse)),
    Column("emulation", _exactness),
)


def title(comparison: Comparison) -> str:
    """What was compared, in a line."""
    inputs = comparison.inputs
    sizes = " ".join(f"{name}={value}" for name, value in inputs.parameters.items())
    return (
        f"{comparison.kernel.name} {sizes}, "
        f"uniform in [{inputs.low:g}, {inputs.high:g}], seed {inputs.seed}"
    )


def to_rich(comparison: Comparison) -> Table:
    """The table for a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=title(comparison), box=SIMPLE_HEAD, title_justify="left", collapse_padding=True
    )
    for i, column in enumerate(COLUMNS):
        # Two lines of header, so that a row is not much wider than its numbers.
        above, space, below = column.header.rpartition(" ")
        header = f"{above}\n{below}" if space else below
        table.add_column(
            header, justify="left" if i == 0 else "right", no_wrap=True, vertical="bottom"
        )
    for row in comparison.rows:
        style = None if row.bit_exact else "bold red"
        table.add_row(*(column.text(row) for column in COLUMNS), style=style)
    for failure in comparison.failures:
        table.add_row(*_failed(failure), style="bold red")
    return table


def to_html(comparison: Comparison) -> str:
    """The table for a notebook."""
    rows = [[column.text(row) for column in COLUMNS] for row in comparison.rows]
    rows += [_failed(failure) for failure in comparison.failures]
    return html_table([column.header for column in COLUMNS], rows, title(comparison))


def to_markdown(comparison: Comparison) -> str:
    """The table in Markdown, without the title."""
    lines = [
        " | ".join(column.header for column in COLUMNS),
        " | ".join("---" if i == 0 else "---:" for i in range(len(COLUMNS))),
    ]
    lines += [" | ".join(column.text(row) for column in COLUMNS) for row in comparison.rows]
    lines += [" | ".join(_failed(failure)) for failure in comparison.failures]
    return "".join(f"| {line} |\n" for line in lines)
