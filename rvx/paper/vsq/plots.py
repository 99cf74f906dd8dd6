"""The picture of the study: cost against error of every scheme, and SQNR over the vector size."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rvx.analysis.colours import FAMILIES, SERIES, family
from rvx.analysis.plots import annotate, save
from rvx.paper.vsq.study import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 14.0
TALL = 5.0
FLAT = 2.9
COLUMNS = 4
LEAST_ERROR = 1e-3
LEAST_SIZES = 3


def draw(report: Report, path: Path) -> None:
    """Writes a picture with a panel for each network, and one for each tensor of the SQNR study.

    Args:
        report: what to draw; outcomes, SQNR or both.
        path: must have passed `rvx.analysis.plots.check`.
    """
    from matplotlib.figure import Figure

    networks = [name for name, rows in report.outcomes.items() if rows]
    # A vector of one element needs no codes, only its scale: it would flatten all that follows.
    surfaces = {
        name: {bits: {v: db for v, db in row.items() if v > 1} for bits, row in surface.items()}
        for name, surface in (report.sqnr.surface.items() if report.sqnr else ())
    }
    tensors = {
        name: surface
        for name, surface in surfaces.items()
        if all(len(row) >= LEAST_SIZES for row in surface.values())
    }
    rows = -(-len(tensors) // COLUMNS)
    height = (TALL if networks else 0) + FLAT * rows
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    ratios = (TALL if networks else 0.01, FLAT * rows or 0.01)
    above, below = np.ravel(figure.subfigures(2, 1, squeeze=False, height_ratios=ratios))
    panels = above.subplots(1, len(networks), squeeze=False)[0] if networks else ()
    points = {panel: _schemes(panel, report, n) for n, panel in zip(networks, panels, strict=True)}
    if tensors:
        axes = list(below.subplots(rows, COLUMNS, squeeze=False).flat)
        for (name, surface), panel in zip(tensors.items(), axes, strict=False):
            _surface(panel, surface, name)
        for panel in axes[len(tensors) :]:
            panel.remove()
        below.suptitle("SQNR of INT4 with vector scales, in dB over the vector size", fontsize=10)
        below.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    # Names go where there is room, which is known once every panel has its place.
    figure.draw_without_rendering()
    for panel, named in points.items():
        annotate(panel, named)
    save(figure, path)


def _schemes(axes: Axes, report: Report, name: str) -> Mapping[str, tuple[float, float]]:
    # What is nearly perfect has no place on this axis: it stands at its lower end.
    outcomes = report.outcomes[name]
    points = {
        f"{o.scheme.name} {100 * o.accuracy:.1f}": (o.per_image, max(o.logit_error, LEAST_ERROR))
        for o in outcomes
    }
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="instructions per image",
        ylabel="relative error of the logits",
        title=f"{name} on the digits: scheme and accuracy in %",
    )
    axes.margins(x=0.3, y=0.15)
    axes.grid(alpha=0.3)
    for outcome, point in zip(outcomes, points.values(), strict=True):
        colour, mark = FAMILIES[family(outcome.scheme.name)]
        axes.plot(*point, mark, markersize=5, color=colour)
    return points


def _surface(axes: Axes, surface: Mapping[int, Mapping[int, float]], name: str) -> None:
    for (bits, row), colour in zip(surface.items(), itertools.cycle(SERIES), strict=False):
        label = f"scales of {bits} bits" if bits else "real scales"
        axes.plot(list(row), list(row.values()), "o-", markersize=3, color=colour, label=label)
    axes.set_xscale("log", base=2)
    axes.set_title(name, fontsize=9)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.grid(alpha=0.3)
