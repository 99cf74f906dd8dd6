"""Pictures of a comparison: accuracy against instructions, and the mix of instructions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rvx.analysis.compare import Comparison, Row
from rvx.analysis.table import title
from rvx.errors import RvxError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in printer's points."""

LABEL_SIZE = 8
SUFFIXES = (".svg", ".png", ".pdf")


class PlotError(RvxError, ValueError):
    """A picture that cannot be drawn."""


def check(path: Path) -> None:
    """Whether a picture can be written there, before the work begins.

    Raises:
        PlotError: matplotlib is missing, the suffix is none of `SUFFIXES`, or there is no folder.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise PlotError(
            f"'{path}' is not the name of a picture; it must end in {', '.join(SUFFIXES)}"
        )
    if not path.absolute().parent.is_dir():
        raise PlotError(f"'{path}' cannot be written: there is no folder {path.parent}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise PlotError(
            "pictures need matplotlib, which is not installed: pip install matplotlib"
        ) from None


def pareto_front(rows: Sequence[Row]) -> list[Row]:
    """The rows that no other one beats in both instructions and SQNR, cheapest first."""
    front: list[Row] = []
    for row in sorted(rows, key=lambda r: (r.instructions_per_mac, -r.total.sqnr_db)):
        if not front or row.total.sqnr_db > front[-1].total.sqnr_db:
            front.append(row)
    return front


def draw(comparison: Comparison, path: Path) -> None:
    """Writes both pictures, side by side, into one file.

    Raises:
        PlotError: see `check`.
    """
    check(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_pareto(left, comparison.rows)
    draw_mix(right, comparison.rows)
    figure.suptitle(title(comparison), fontsize=10)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Writes a picture, the same bytes every time."""
    from matplotlib import rc_context

    # A date, or a random salt of the names in it, would make every file differ.
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower())
    with rc_context({"svg.hashsalt": "rvx"}):
        figure.savefig(path, metadata=metadata)


def draw_pareto(axes: Axes, rows: Sequence[Row]) -> None:
    """SQNR over instructions per MAC, and the line of the variants that nothing beats."""
    shown = [row for row in rows if np.isfinite(row.total.sqnr_db)]
    front = pareto_front(shown)
    axes.step(
        [row.instructions_per_mac for row in front],
        [row.total.sqnr_db for row in front],
        where="post",
        color="0.75",
        zorder=1,
    )
    for row in shown:
        axes.scatter(row.instructions_per_mac, row.total.sqnr_db, s=25, zorder=2)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.margins(0.2)
    points = {row.variant.name: (row.instructions_per_mac, row.total.sqnr_db) for row in shown}
    annotate(axes, points)
    axes.set_xlabel("instructions per MAC")
    axes.set_ylabel("SQNR in dB")
    axes.set_title("Accuracy against instructions", fontsize=10)
    axes.grid(alpha=0.3)


def annotate(axes: Axes, points: Mapping[str, tuple[float, float]]) -> None:
    """Writes names beside points, each with a line to its own; see `label_offsets`."""
    for name, offset in label_offsets(axes, points).items():
        axes.annotate(
            name,
            points[name],
            xytext=offset,
            textcoords="offset points",
            fontsize=LABEL_SIZE,
            arrowprops={"arrowstyle": "-", "color": "0.7", "lw": 0.5, "shrinkB": 2},
        )


def label_offsets(
    axes: Axes, points: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Where labels go, in printer's points from what they name, so that none hides another.

    The nearest free place of a spiral around each point is taken, in the order of the points.
    """
    scale = 72 / axes.figure.dpi
    centres = {name: axes.transData.transform(at) * scale for name, at in points.items()}
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in centres.values()]
    offsets: dict[str, tuple[float, float]] = {}
    for name, (x, y) in centres.items():
        width, height = 0.62 * LABEL_SIZE * len(name), 1.2 * LABEL_SIZE
        for step in range(400):
            radius, angle = 6 + step / 4, step * 0.7 + 0.6
            dx, dy = radius * math.cos(angle), radius * math.sin(angle)
            left = x + dx - (width if dx < 0 else 0)
            box = (left, y + dy - height / 2, left + width, y + dy + height / 2)
            if not any(_overlap(box, other) for other in taken):
                break
        taken.append(box)
        offsets[name] = (box[0] - x, box[1] + height / 4 - y)
    return offsets


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def draw_mix(axes: Axes, rows: Sequence[Row]) -> None:
    """Instructions per MAC by class, a bar a variant."""
    totals: dict[str, int] = {}
    for row in rows:
        for kind, count in row.run.by_kind.items():
            totals[kind] = totals.get(kind, 0) + count
    names = [row.variant.name for row in rows]
    left = np.zeros(len(rows))
    for kind in sorted(totals, key=lambda k: -totals[k]):
        widths = np.array([row.run.by_kind.get(kind, 0) / row.macs for row in rows])
        axes.barh(names, widths, left=left, label=kind)
        left += widths
    axes.invert_yaxis()
    axes.set_xlabel("instructions per MAC")
    axes.set_title("Mix of instructions", fontsize=10)
    axes.legend(fontsize=8)
