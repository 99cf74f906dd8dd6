"""The picture of the study: cost against error of every scheme, and SQNR over the vector size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rvx.analysis.plots import save
from rvx.paper.vsq.sqnr import Study
from rvx.paper.vsq.study import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.0, 4.5)
MARKERS = "os^"
LEAST_ERROR = 1e-3
LOSSLESS_DB = 200.0


def draw(report: Report, path: Path) -> None:
    """Writes a picture with a panel for each network, and one for each tensor of the SQNR study.

    Args:
        report: what to draw; outcomes, SQNR or both.
        path: must have passed `rvx.analysis.plots.check`.
    """
    from matplotlib.figure import Figure

    networks = [name for name, rows in report.outcomes.items() if rows]
    tensors = list(report.sqnr.surface) if report.sqnr else []
    panels = len(networks) + len(tensors)
    columns = min(2, panels)
    rows = -(-panels // columns)
    figure = Figure(figsize=(SIZE[0] * columns, SIZE[1] * rows), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for name, panel in zip(networks, axes, strict=False):
        _schemes(panel, report, name)
    for name, panel in zip(tensors, axes[len(networks) :], strict=False):
        assert report.sqnr is not None
        _surface(panel, report.sqnr, name)
    for panel in axes[panels:]:
        panel.remove()
    save(figure, path)


def _schemes(axes: Axes, report: Report, name: str) -> None:
    for i, outcome in enumerate(report.outcomes[name]):
        # What is nearly perfect has no place on this axis: it stands at its lower end.
        axes.plot(
            outcome.per_image,
            max(outcome.logit_error, LEAST_ERROR),
            MARKERS[i // 10 % len(MARKERS)],
            label=f"{outcome.scheme.name}: {100 * outcome.accuracy:.1f} %",
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="instructions per image",
        ylabel="relative error of the logits",
        title=f"{name} on the digits",
    )
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _surface(axes: Axes, study: Study, name: str) -> None:
    for bits, row in study.surface[name].items():
        label = f"scales of {bits} bits" if bits else "real scales"
        # A vector of one element with a real scale of its own loses nothing.
        shown = {size: value for size, value in row.items() if value < LOSSLESS_DB}
        axes.plot(list(shown), list(shown.values()), "o-", markersize=3, label=label)
    axes.set_xscale("log", base=2)
    axes.set(xlabel="vector size V", ylabel="SQNR in dB", title=f"INT4 with vector scales: {name}")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
