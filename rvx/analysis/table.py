"""The table of a comparison: one grid of texts for the terminal, notebooks and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rvx.analysis.compare import Comparison, Row
from rvx.analysis.kernel import Variant
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


def _ulps(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:.2f}" if abs(value) < 1e4 else f"{value:.2e}"


def _quantile(share: float) -> Callable[[Row], str]:
    return lambda row: "-" if row.spread is None else _ulps(row.spread.quantiles[share])


def _nearest(row: Row) -> str:
    return "-" if row.spread is None else f"{row.spread.nearest / row.spread.results:.1%}"


def _digits(which: int) -> Callable[[Row], str]:
    return lambda row: "-" if row.spread is None else f"{row.spread.digits[which]:.1f}"


def _worst(row: Row) -> str:
    if row.spread is None or row.spread.worst is None:
        return "-"
    place = ",".join(map(str, row.spread.worst))
    return f"[{place}] {row.spread.result:.9g} for {row.spread.wanted:.9g}"


ERROR_COLUMNS = (
    Column("variant", lambda row: row.variant.name),
    Column("within 1/2 ulp", _nearest),
    Column("median ulp", _quantile(0.5)),
    Column("90 %", _quantile(0.9)),
    Column("99 %", _quantile(0.99)),
    Column("max ulp", _quantile(1.0)),
    Column("bias ulp", lambda row: "-" if row.spread is None else _ulps(row.spread.bias)),
    Column("median digits", _digits(0)),
    Column("least digits", _digits(1)),
    Column("not finite", lambda row: "-" if row.spread is None else f"{row.spread.not_finite}"),
    Column("worst result", _worst),
    Column("against", lambda row: "-" if row.spread is None else row.spread.against),
)
"""How errors are distributed: `rvx.analysis.spread` says what the figures are."""


@dataclass(frozen=True)
class Grid:
    """A table as text.

    Attributes:
        headers: of the columns; the last word stands in the lower line where there are two.
        rows: cells, and whether all is well with a row.
    """

    headers: Sequence[str]
    rows: Sequence[tuple[Sequence[str], bool]]


def title(comparison: Comparison) -> str:
    """What was compared, in a line."""
    inputs = comparison.inputs
    sizes = " ".join(f"{name}={value}" for name, value in inputs.parameters.items())
    vlens, forms = vlens_of(comparison), list(dict.fromkeys(_forms(comparison).values()))
    what = [f"{comparison.kernel.name} {sizes}"]
    if len(vlens) > 1:
        what.append("instructions")
    elif vlens:
        what.append(f"VLEN={vlens[0]}")
    if len(forms) == 1:
        what.append(f"{forms[0]} form")
    drawn = f"{inputs.distribution} in [{inputs.low:g}, {inputs.high:g}]"
    if inputs.distribution != "uniform":
        drawn = f"{inputs.distribution}, scaled to [{inputs.low:g}, {inputs.high:g}]"
    return ", ".join([*what, drawn, f"seed {inputs.seed}"])


def vlens_of(comparison: Comparison) -> list[int]:
    """The widths of vector registers that were asked for, ascending."""
    return sorted({variant.vlen for variant in _variants(comparison) if variant.vlen})


def _variants(comparison: Comparison) -> list[Variant]:
    ran = [row.variant for row in comparison.rows]
    return ran + [failure.variant for failure in comparison.failures]


def _forms(comparison: Comparison) -> dict[str, str]:
    return {variant.name: variant.form for variant in _variants(comparison)}


def to_grid(comparison: Comparison) -> Grid:
    """The table: a row a variant; with several VLEN, their instructions side by side."""
    vlens = vlens_of(comparison)
    grid = _over_vlen(comparison, vlens) if len(vlens) > 1 else _rows(comparison)
    # Which form a row has is said beside its name, where it is not the same for all.
    forms = _forms(comparison)
    if len(set(forms.values())) == 1:
        return grid
    return Grid(
        [grid.headers[0], "form", *grid.headers[1:]],
        [([cells[0], forms[cells[0]], *cells[1:]], is_well) for cells, is_well in grid.rows],
    )


def _rows(comparison: Comparison) -> Grid:
    rows = [([column.text(row) for column in COLUMNS], row.bit_exact) for row in comparison.rows]
    rows += [
        ([failure.variant.name, *["-"] * (len(COLUMNS) - 2), "failed"], False)
        for failure in comparison.failures
    ]
    return Grid([column.header for column in COLUMNS], rows)


def _over_vlen(comparison: Comparison, vlens: Sequence[int]) -> Grid:
    places = [0, *vlens]
    names = [n for n in comparison.kernel.variants if n in _forms(comparison)]
    rows: list[tuple[list[str], bool]] = []
    for name in names:
        found = {row.variant.vlen: row for row in comparison.rows if row.variant.name == name}
        failed = {f.variant.vlen for f in comparison.failures if f.variant.name == name}
        counts = [
            f"{found[vlen].run.instructions:,}"
            if vlen in found
            else ("failed" if vlen in failed else "")
            for vlen in places
        ]
        sqnr = list(dict.fromkeys(_decibel(row.total.sqnr_db) for row in found.values()))
        said = list(dict.fromkeys(_exactness(row) for row in found.values()))
        if failed:
            said.append("failed")
        is_well = not failed and all(row.bit_exact for row in found.values())
        rows.append(([name, *counts, " to ".join(sqnr), "; ".join(said)], is_well))
    headers = ["variant", "no vectors", *[f"VLEN {vlen}" for vlen in vlens], "SQNR dB", "emulation"]
    return Grid(headers, rows)


def _errors_grid(comparison: Comparison) -> Grid:
    rows = []
    for row in comparison.rows:
        cells = [column.text(row) for column in ERROR_COLUMNS]
        if row.variant.vlen:
            cells[0] += f" VLEN {row.variant.vlen}"
        rows.append((cells, row.bit_exact))
    return Grid([column.header for column in ERROR_COLUMNS], rows)


def errors_to_rich(comparison: Comparison) -> Table:
    """The distribution of errors for a terminal."""
    return _to_rich(title(comparison), _errors_grid(comparison))


def to_rich(comparison: Comparison) -> Table:
    """The table for a terminal."""
    return _to_rich(title(comparison), to_grid(comparison))


def _to_rich(name: str, grid: Grid) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=name, box=SIMPLE_HEAD, title_justify="left", collapse_padding=True)
    for text in grid.headers:
        # Two lines of header, so that a row is not much wider than its numbers.
        above, space, below = text.rpartition(" ")
        header = f"{above}\n{below}" if space else below
        is_text = text in ("variant", "form")
        table.add_column(
            header, justify="left" if is_text else "right", no_wrap=True, vertical="bottom"
        )
    for cells, is_well in grid.rows:
        table.add_row(*cells, style=None if is_well else "bold red")
    return table


def to_html(comparison: Comparison) -> str:
    """The table for a notebook."""
    grid = to_grid(comparison)
    return html_table(grid.headers, [cells for cells, _ in grid.rows], title(comparison))


def to_markdown(comparison: Comparison, *, errors: bool = False) -> str:
    """The table in Markdown, without the title."""
    grid = _errors_grid(comparison) if errors else to_grid(comparison)
    lines = [
        " | ".join(grid.headers),
        " | ".join("---" if i == 0 else "---:" for i in range(len(grid.headers))),
    ]
    lines += [" | ".join(cells) for cells, _ in grid.rows]
    return "".join(f"| {line} |\n" for line in lines)
