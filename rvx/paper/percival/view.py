"""The table and the picture of PERCIVAL's experiment."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rvx.analysis.colours import FAMILIES, LINES, family
from rvx.analysis.plots import check, save
from rvx.paper.percival.data import LABELS, PUBLISHED, SIMULATED, SIMULATED_PAIRS, VARIANTS
from rvx.paper.percival.study import Study

if TYPE_CHECKING:
    from rich.table import Table

NOTE = (
    "MSE against the float64 product of the unrounded inputs. In brackets: relative to a "
    "simulation with SoftPosit and C floats, whose {pairs} pairs of matrices are the first ones "
    "here; = means the same in all digits. (p): published, Mallasen et al., PERCIVAL, IEEE TETC "
    "2022, with unknown matrices."
)


def to_rich(study: Study) -> Table:
    """A row for each range and size; below it what the paper says, where that is known."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=f"gemm, mean squared error over {study.cells[0].seeds} pairs of matrices",
        caption=NOTE.format(pairs=SIMULATED_PAIRS) + _certainty(study),
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("inputs", justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for variant in VARIANTS:
        table.add_column(LABELS[variant], justify="right")
    for limit, size, row in study.rows():
        texts = [cell_text(row[v].mse, row[v].simulated) for v in VARIANTS]
        table.add_row(f"±{limit:g}", str(size), *texts)
        if (limit, size) in PUBLISHED:
            known = PUBLISHED[limit, size]
            figures = (f"{known[v]:.3e} (p)" if v in known else "" for v in VARIANTS)
            table.add_row("", "", *figures, style="bold")
    return table


def _certainty(study: Study) -> str:
    """How well means over so few matrices are known."""
    errors = [cell.spread / cell.seeds**0.5 for cell in study.cells if cell.spread is not None]
    if not errors:
        return ""
    return f" Standard errors of these means: {min(errors):.1%} to {max(errors):.1%}."


def cell_text(mse: float, simulated: float | None) -> str:
    """An error, and how far it is from the simulated one, of which four digits are known."""
    text = f"{mse:.3e}"
    if simulated is None:
        return text + " " * 4
    if text == f"{simulated:.3e}":
        return f"{text} (=)"
    return f"{text} ({mse / simulated - 1:+.1%})"


def draw(study: Study, path: Path) -> None:
    """One panel a range: errors over sizes, the simulation as rings, the published as crosses.

    Raises:
        PlotError: see `rvx.analysis.plots.check`.
    """
    check(path)
    from matplotlib.figure import Figure

    limits = list(dict.fromkeys(cell.limit for cell in study.cells))
    figure = Figure(figsize=(3 * len(limits) + 1, 4.2), layout="constrained")
    panels = figure.subplots(1, len(limits), squeeze=False)[0]
    for panel, limit in zip(panels, limits, strict=True):
        of_a_kind: Counter[str] = Counter()
        for variant in VARIANTS:
            cells = [c for c in study.cells if (c.limit, c.variant) == (limit, variant)]
            sizes = [cell.size for cell in cells]
            kind = family(variant)
            colour, line = FAMILIES[kind][0], LINES[of_a_kind[kind]]
            of_a_kind[kind] += 1
            errors = [cell.mse for cell in cells]
            panel.plot(
                sizes, errors, marker=".", color=colour, linestyle=line, label=LABELS[variant]
            )
            for known, marker, face in ((SIMULATED, "o", "none"), (PUBLISHED, "x", colour)):
                points = {
                    n: row[variant]
                    for (r, n), row in known.items()
                    if variant in row and r == limit
                }
                shown = [n for n in sizes if n in points]
                panel.scatter(
                    shown,
                    [points[n] for n in shown],
                    marker=marker,
                    facecolors=face,
                    edgecolors=None if marker == "x" else colour,
                    s=45,
                )
        panel.set_xscale("log", base=2)
        panel.set_yscale("log")
        panel.set_xlabel("rows and columns")
        panel.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
        panel.set_title(f"inputs in [-{limit:g}, {limit:g}]", fontsize=10)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("mean squared error")
    panels[-1].legend(fontsize=8)
    figure.suptitle("Products of matrices: rings are simulated, crosses published", fontsize=10)
    save(figure, path)
