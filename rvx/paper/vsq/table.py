"""The tables of the study, for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rvx.paper.vsq.engine import STEPS
from rvx.paper.vsq.sqnr import Study
from rvx.paper.vsq.study import Outcome, Report

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Grid:
    """A table: what it is about, its headers, its rows of text."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def _decibel(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "-"


def _of_step(step: str) -> Callable[[Outcome], str]:
    return lambda outcome: f"{outcome.instructions.get(step, 0) / outcome.images:,.0f}"


COLUMNS: Mapping[str, Callable[[Outcome], str]] = {
    "scheme": lambda o: o.scheme.name,
    "accuracy %": lambda o: f"{100 * o.accuracy:.2f}",
    "logit error": lambda o: f"{o.logit_error:.4f}",
    "SQNR dB": lambda o: _decibel(o.sqnr_db),
    "instructions": lambda o: f"{o.per_image:,.0f}",
    **{step: _of_step(step) for step in STEPS},
    "custom": lambda o: f"{o.custom / o.images:,.0f}",
    "saturated": lambda o: f"{o.events['saturations']:,}",
    "zeroed": lambda o: f"{o.events['zeroed_scales']:,}",
    "seconds": lambda o: f"{o.seconds:.2f}",
    "emulation": lambda o: "exact" if o.mismatches == 0 else f"{o.mismatches:,} differ",
}
"""Columns of the table of schemes; instructions are those of one image."""


def schemes(report: Report, name: str) -> Grid:
    """The schemes of a network."""
    outcomes = report.outcomes[name]
    images = outcomes[0].images if outcomes else 0
    title = (
        f"{name}: {report.networks[name].macs:,} MACs per image, {images} images, "
        f"{100 * report.accuracy[name]:.2f} % in float64"
    )
    return Grid(title, list(COLUMNS), [[text(o) for text in COLUMNS.values()] for o in outcomes])


def formats(study: Study) -> Grid:
    """SQNR of the formats."""
    data = list(next(iter(study.formats.values())))
    rows = [[name, *(_decibel(row[d]) for d in data)] for name, row in study.formats.items()]
    return Grid("SQNR in dB", ["format", *data], rows)


def surfaces(study: Study) -> Grid:
    """SQNR of VSQ4 over the vector size, a row for each tensor and number of scale bits."""
    sizes = sorted({v for s in study.surface.values() for row in s.values() for v in row})
    rows = [
        [name, str(bits or "real"), *(_decibel(row[v]) if v in row else "" for v in sizes)]
        for name, surface in study.surface.items()
        for bits, row in surface.items()
    ]
    return Grid("SQNR of VSQ4 in dB", ["tensor", "scale bits", *(f"V={v}" for v in sizes)], rows)


def grids(report: Report) -> list[Grid]:
    """All tables of a report."""
    made = [schemes(report, name) for name in report.networks]
    return made if report.sqnr is None else [*made, formats(report.sqnr), surfaces(report.sqnr)]


def to_rich(grid: Grid) -> Table:
    """For the terminal."""
    from rich import box
    from rich.table import Table

    table = Table(title=grid.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, header in enumerate(grid.headers):
        table.add_column(header, justify="right" if i else "left", no_wrap=True)
    for row in grid.rows:
        table.add_row(*row)
    return table


def to_markdown(grid: Grid) -> str:
    """As a Markdown table under its title."""
    ruler = [":--" if i == 0 else "--:" for i in range(len(grid.headers))]
    lines = [f"| {' | '.join(row)} |" for row in (grid.headers, ruler, *grid.rows)]
    return f"{grid.title}\n\n" + "\n".join(lines) + "\n"
