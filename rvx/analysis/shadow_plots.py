"""The picture of a report of shadows: at which instructions errors were born, and how large."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rvx.analysis.colours import BLACK, BLUE, GREY, ORANGE, PURPLE, SKY, VERMILION
from rvx.analysis.plots import LABEL_SIZE, check, save
from rvx.analysis.shadow.report import MOST_ROWS, Finding, Report, ulps, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

_EVENTS = {
    "overflow": VERMILION,
    "undefined": BLACK,
    "underflow": SKY,
    "cancellation": PURPLE,
    "term lost": ORANGE,
}
"""Colours of what happens, by the names in a report."""
_ROUNDED = 0.5
"""The largest error, in ulp, of a result that is rounded correctly to nearest."""
_MOST_TEXT = 44


def draw_report(report: Report, path: Path, title: str) -> None:
    """Writes a picture, a row for each of the worst instructions, in the order of the report.

    To the left, the sum of the errors that an instruction has made itself; to the right, in ulp of
    its results and logarithmic, the largest of these, and the largest error against the shadow.

    Args:
        report: with at least one error.
        path: where it goes.
        title: what has run.

    Raises:
        PlotError: see `rvx.analysis.plots.check`.
    """
    check(path)
    from matplotlib.figure import Figure

    shown = report.erring[:MOST_ROWS]
    height = 1.75 + 0.42 * len(shown)
    figure = Figure(figsize=(10, height), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 3))
    _draw_sums(left, shown)
    _draw_largest(right, shown)
    left.set_yticks(range(len(shown)), [""] * len(shown))
    left.set_ylim(len(shown) - 0.4, -0.6)
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
        axes.tick_params(axis="x", labelsize=LABEL_SIZE)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", color="0.92", linewidth=0.7)
        axes.set_axisbelow(True)
    _name(left, shown)
    more = len(report.erring) - len(shown)
    rest = f", and {more:,} more in --json" if more else ""
    heading = f"{title}: where errors were born, against {report.mode}{rest}"
    figure.suptitle(heading, fontsize=10, x=0.01, ha="left")
    save(figure, path)


def _name(axes: Axes, shown: Sequence[Finding]) -> None:
    """The instruction of each row, and below it its function and its line."""
    for row, one in enumerate(shown):
        for text, above, family, colour in (
            (one.text, 5, "monospace", "black"),
            (where(one), -5.5, "sans-serif", "0.4"),
        ):
            axes.annotate(
                _cut(text),
                (0, row),
                xycoords=("axes fraction", "data"),
                xytext=(-6, above),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=LABEL_SIZE,
                family=family,
                color=colour,
            )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def _draw_sums(axes: Axes, shown: Sequence[Finding]) -> None:
    sums = [one.site.total for one in shown]
    axes.barh(range(len(shown)), sums, height=0.5, color=BLUE)
    # Room for what is written behind the longest bar.
    axes.set_xlim(0, max(*sums, _ROUNDED) * 1.95)
    for row, (one, x) in enumerate(zip(shown, sums, strict=True)):
        axes.annotate(
            f"{ulps(x)}  ({one.site.inexact:,} of {one.site.results:,} inexact)",
            (x, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=LABEL_SIZE - 1,
            color="0.25",
        )
    axes.set_xlabel("errors made here, sum in ulp", fontsize=LABEL_SIZE + 1)


def _draw_largest(axes: Axes, shown: Sequence[Finding]) -> None:
    largest = [(one.site.peak, one.site.propagated) for one in shown]
    low, high = _limits([_ROUNDED, *(x for pair in largest for x in pair)])
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_minor_formatter(lambda *_: "")
    axes.axvline(_ROUNDED, color=GREY, linewidth=0.8, linestyle="--", zorder=1)
    for row, (local, whole) in enumerate(largest):
        if whole:
            # From the edge where all of it was inherited.
            ends = [local or low, whole]
            axes.plot(ends, [row, row], color="0.8", linewidth=2, zorder=2, solid_capstyle="butt")
    for place, label, mark, face in (
        (0, "made here", "o", BLUE),
        (1, "against the shadow", "D", "white"),
    ):
        rows = [(pair[place], row) for row, pair in enumerate(largest) if pair[place]]
        axes.scatter(
            [x for x, _ in rows],
            [row for _, row in rows],
            s=34 if place else 26,
            marker=mark,
            facecolor=face,
            edgecolor=VERMILION if place else BLUE,
            linewidth=1.3,
            zorder=3 if place else 4,
            label=label,
        )
    for row, one in enumerate(shown):
        _tell(axes, row, max(*largest[row], low), one.events.items())
    axes.set_xlabel(
        "largest error of a result, in ulp (dashed: the most of correct rounding)",
        fontsize=LABEL_SIZE + 1,
    )
    axes.figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper right",
        ncols=2,
        fontsize=LABEL_SIZE,
        frameon=False,
    )


def _tell(axes: Axes, row: int, x: float, events: Iterable[tuple[str, int]]) -> None:
    """What happened at an instruction, behind its marks."""
    place: tuple[float, float] = (x, row)
    behind: str | Annotation = "data"
    for name, times in events:
        behind = axes.annotate(
            f"{name} {times:,}",
            place,
            xycoords=behind,
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontsize=LABEL_SIZE - 1,
            color="white" if name in ("overflow", "undefined") else "black",
            bbox={"boxstyle": "round,pad=0.25", "facecolor": _EVENTS[name], "edgecolor": "none"},
        )
        place = (1, 0.5)  # Of the text before.


def _limits(sizes: Sequence[float]) -> tuple[float, float]:
    """Ends of a logarithmic axis with room for what is written behind the largest."""
    some = [x for x in sizes if x]
    low, most = min(some) / 2, max(some)
    return low, most * max(most / low, 30.0) ** 0.8
