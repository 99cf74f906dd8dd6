"""The tables of a comparison for the terminal, and in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rvx.analysis.comparison import Comparison, Grid, errors_grid, title, to_grid

if TYPE_CHECKING:
    from rich.table import Table


def errors_to_rich(comparison: Comparison) -> Table:
    """The distribution of errors for a terminal."""
    return _to_rich(title(comparison), errors_grid(comparison))


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


def to_markdown(comparison: Comparison, *, errors: bool = False) -> str:
    """The table in Markdown, without the title."""
    grid = errors_grid(comparison) if errors else to_grid(comparison)
    lines = [
        " | ".join(grid.headers),
        " | ".join("---" if i == 0 else "---:" for i in range(len(grid.headers))),
    ]
    lines += [" | ".join(cells) for cells, _ in grid.rows]
    return "".join(f"| {line} |\n" for line in lines)
