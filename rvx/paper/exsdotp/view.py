"""The tables and the picture of the ExSdotp study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rvx.analysis.colours import SERIES
from rvx.analysis.plots import check, save
from rvx.paper.exsdotp.data import LABELS, PAIRS, RATIOS, UNITS
from rvx.paper.exsdotp.study import Cell, Study, by_row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.table import Table

NOTE = (
    "Relative error of a sum of n products, against the exact sum rounded once to the "
    "destination format; factors are N(0, 1), rounded to the source format. Published: single "
    "figures of Bertaccini et al., ARITH 2022, table IV; in brackets the share of our seeds that "
    "are as accurate. 25 %, 75 %: quartiles of the seeds."
)
EXACT = " All sums of the emulator are exactly those of the reference."
EXACT_AT = 0.1
"""Where the picture puts an error of zero, in units of the smallest other one."""


def to_rich(study: Study) -> Table:
    """A row for each pair of formats, number of products and unit."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    any_differ = any(cell.mismatches for cell in study.cells)
    table = Table(
        title=f"Accuracy of accumulation, {study.seeds} seeds",
        caption=NOTE + ("" if any_differ else EXACT),
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    for header in ("formats", "n", "unit", "25 %", "median", "75 %", "published"):
        is_text = header in ("formats", "unit")
        table.add_column(header, justify="left" if is_text else "right", no_wrap=True)
    if any_differ:
        table.add_column("emulation")
    for (pair, length), row in by_row(study.cells).items():
        for unit, cell in row.items():
            is_first = unit == next(iter(row))
            table.add_row(
                pair.label if is_first else "",
                str(length) if is_first else "",
                LABELS[unit],
                *(f"{error:.1e}" for error in cell.quartiles),
                published_text(cell),
                *([f"{cell.mismatches} differ"] if any_differ else ()),
            )
    return table


def published_text(cell: Cell) -> str:
    """The published error, and the share of the seeds with at most that."""
    if cell.published is None or cell.below_published is None:
        return ""
    return f"{cell.published:.1e} ({100 * cell.below_published:3.0f}%)"


def products_to_rich(study: Study) -> Table:
    """A row for each matrix product."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title="Instructions of matrix products",
        caption="\n".join(ratio_lines(study)),
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("product", no_wrap=True)
    for header in ("M x N x K", "instructions", "MACs each"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("emulation")
    for product in study.products:
        table.add_row(
            product.shape.label,
            product.shape.text,
            f"{product.instructions:,}",
            f"{product.rate:.3f}",
            "exact" if product.mismatches == 0 else f"{product.mismatches} differ",
        )
    return table


def ratio_lines(study: Study) -> list[str]:
    """The ratios that the paper gives, beside those of the instructions."""
    rates = {product.shape.variant: product for product in study.products}
    return [
        f"{rates[one].shape.label} over {rates[other].shape.label}: "
        f"{rates[one].rate / rates[other].rate:.2f} (published {published})"
        for one, other, published in RATIOS
        if one in rates and other in rates
    ]


def draw(study: Study, path: Path) -> None:
    """A panel for each pair of formats: boxes of the errors, the published figures as crosses.

    Raises:
        PlotError: see `rvx.analysis.plots.check`.
    """
    check(path)
    from matplotlib.figure import Figure

    pairs = [pair for pair in PAIRS if any(cell.pair == pair for cell in study.cells)]
    figure = Figure(figsize=(5.5 * len(pairs), 4.5), layout="constrained")
    panels = figure.subplots(1, len(pairs), squeeze=False)[0]
    for panel, pair in zip(panels, pairs, strict=True):
        boxes(panel, [cell for cell in study.cells if cell.pair == pair])
        panel.set_title(pair.label, fontsize=10)
    panels[0].set_ylabel("relative error of the sum")
    figure.suptitle(
        f"Sums of n products, {study.seeds} seeds: boxes are quartiles, crosses published",
        fontsize=10,
    )
    save(figure, path)


def boxes(axes: Axes, cells: list[Cell]) -> None:
    """A box for each unit and number of products; errors of zero stand at the lower end."""
    from matplotlib.patches import Patch

    lengths = list(dict.fromkeys(cell.length for cell in cells))
    known = [cell.published for cell in cells if cell.published]
    least = min([*known, *(e for cell in cells for e in cell.errors if e > 0)], default=1.0)
    bottom = EXACT_AT * least
    colours = dict(zip(UNITS, SERIES, strict=False))
    for number, unit in enumerate(UNITS):
        chosen = [cell for cell in cells if cell.unit == unit]
        places = [
            lengths.index(cell.length) + 0.36 * (number - (len(UNITS) - 1) / 2) for cell in chosen
        ]
        drawn = axes.boxplot(
            [cell.errors.clip(min=bottom) for cell in chosen],
            positions=places,
            widths=0.3,
            patch_artist=True,
            manage_ticks=False,
            flierprops={"marker": ".", "markersize": 3, "markeredgecolor": colours[unit]},
            medianprops={"color": "black"},
        )
        for box in drawn["boxes"]:
            box.set_facecolor(colours[unit])
            box.set_alpha(0.5)
        shown = [(x, cell.published) for x, cell in zip(places, chosen, strict=True)]
        axes.scatter(
            [x for x, error in shown if error is not None],
            [max(error, bottom) for _, error in shown if error is not None],
            marker="x",
            color="black",
            zorder=3,
        )
    axes.set_yscale("log")
    axes.set_xticks(range(len(lengths)), [f"n = {length}" for length in lengths])
    axes.grid(axis="y", alpha=0.3)
    axes.axhline(bottom, color="0.7", linewidth=0.8, linestyle=":")
    axes.annotate("exact", (-0.45, bottom), fontsize=7, color="0.4", va="bottom")
    handles = [Patch(facecolor=colours[unit], alpha=0.5, label=LABELS[unit]) for unit in UNITS]
    axes.legend(handles=handles, fontsize=8, loc="upper left")
