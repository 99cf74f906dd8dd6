"""Pictures of a comparison: accuracy against instructions, their mix, and what VLEN does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from rvx.analysis.colours import BLACK, CLASSES, FAMILIES, family, in_order
from rvx.analysis.comparison import Comparison, Row, title, vlens_of
from rvx.errors import RvxError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in printer's points."""

LABEL_SIZE = 8
_LEAST_SHARE = 0.005
_REST = "other"
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
    """Writes a picture: accuracy and mix side by side, or instructions over several VLEN.

    Array forms have no instructions, and no place in it.

    Raises:
        PlotError: see `check`.
    """
    check(path)
    from matplotlib.figure import Figure

    rows = [row for row in comparison.rows if row.ran]
    vlens = vlens_of(comparison)
    if len(vlens) > 1:
        figure = Figure(figsize=(7.2, 5), layout="constrained")
        axes = figure.subplots()
        axes.set_title(title(comparison), fontsize=9)
        draw_over_vlen(axes, rows, vlens)
        save(figure, path)
        return
    # The bars need a line each, the legends room of their own below.
    figure = Figure(figsize=(12, max(4.4, 1.8 + 0.21 * len(rows))), layout="constrained")
    left, right = figure.subplots(1, 2)
    unit = comparison.kernel.unit
    draw_pareto(left, rows, unit)
    draw_mix(right, rows, unit)
    figure.suptitle(title(comparison), fontsize=10)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Writes a picture, the same bytes every time."""
    from matplotlib import rc_context

    # A date, or a random salt of the names in it, would make every file differ.
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower())
    with rc_context({"svg.hashsalt": "rvx"}):
        figure.savefig(path, metadata=metadata)


def draw_pareto(axes: Axes, rows: Sequence[Row], unit: str = "MAC") -> None:
    """SQNR over instructions, and the line of the variants that nothing beats.

    Each kind of number system has its colour and its mark; hollow marks are tuned forms.
    """
    shown = [row for row in rows if np.isfinite(row.total.sqnr_db)]
    front = pareto_front(shown)
    axes.step(
        [row.instructions_per_mac for row in front],
        [row.total.sqnr_db for row in front],
        where="post",
        color="0.75",
        zorder=1,
    )
    for name, (colour, mark) in FAMILIES.items():
        for form, face in (("plain", colour), ("tuned", "white")):
            own = [
                row
                for row in shown
                if family(row.variant.name) == name and (row.variant.form == form)
            ]
            if own:
                axes.scatter(
                    [row.instructions_per_mac for row in own],
                    [row.total.sqnr_db for row in own],
                    s=28,
                    marker=mark,
                    facecolor=face,
                    edgecolor=colour,
                    linewidth=1.1,
                    zorder=2,
                    label=name if form == "plain" else f"{name}, tuned",
                )
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}" if x >= 1 else f"1/{1 / x:g}")
    axes.margins(x=0.28, y=0.15)
    axes.set_xlabel(f"instructions per {unit}")
    axes.set_ylabel("SQNR in dB")
    axes.set_title("Accuracy against instructions", fontsize=10)
    axes.grid(alpha=0.3)
    if shown:
        _legend_below(axes)
    points = {row.variant.name: (row.instructions_per_mac, row.total.sqnr_db) for row in shown}
    colours = {row.variant.name: FAMILIES[family(row.variant.name)][0] for row in shown}
    # Where points are in the picture is known when there is room for the texts around it.
    figure = axes.get_figure(root=True)
    if figure is not None:
        figure.draw_without_rendering()
    annotate(axes, points, colours)


def _legend_below(axes: Axes) -> None:
    """A legend that covers nothing."""
    axes.legend(
        fontsize=LABEL_SIZE,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.13),
        ncols=4,
        frameon=False,
        handletextpad=0.4,
        columnspacing=1.2,
    )


def draw_over_vlen(axes: Axes, rows: Sequence[Row], vlens: Sequence[int]) -> None:
    """Instructions per MAC over VLEN: a line a variant, and on the left those without vectors.

    A kind of number systems has a colour and a mark, which is hollow where the form is tuned.
    """
    names = list(dict.fromkeys(row.variant.name for row in rows if row.variant.vlen))
    first, last = math.log2(vlens[0]), math.log2(vlens[-1])
    beside = first - 0.35 * max(last - first, 1)
    right: dict[str, float] = {}
    for name in names:
        own = sorted((r for r in rows if r.variant.name == name), key=lambda r: r.variant.vlen)
        variant = own[0].variant
        (colour, mark), is_plain = FAMILIES[family(name)], variant.form == "plain"
        axes.plot(
            [math.log2(row.variant.vlen) for row in own],
            [row.instructions_per_mac for row in own],
            color=colour,
            marker=mark,
            markersize=4.5,
            markerfacecolor=colour if is_plain else "white",
            lw=1.2,
            ls="-" if is_plain else (0, (4, 2)),
        )
        right[name] = own[-1].instructions_per_mac
    left = {r.variant.name: r.instructions_per_mac for r in rows if not r.variant.vlen}
    axes.plot([beside] * len(left), list(left.values()), "_", color="0.25", markersize=9)
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}" if y >= 1 else f"1/{1 / y:g}")
    ticks = {math.log2(vlen): str(vlen) for vlen in vlens}
    if left:
        ticks = {beside: "none", **ticks}
        axes.axvline((beside + first) / 2, color="0.8", lw=0.8)
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.set_xlabel("bits of a vector register (VLEN)")
    axes.set_ylabel("instructions per MAC")
    axes.grid(alpha=0.3)
    axes.margins(y=0.15)
    span = last - (beside if left else first)
    axes.set_xlim((beside - 0.42 * span) if left else first - 0.05 * span, last + 0.46 * span)
    colours = {
        row.variant.name: FAMILIES[family(row.variant.name)][0] for row in rows if row.variant.vlen
    }
    # Where points are in the picture is known when there is room for the texts around it.
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    _name_ends(axes, left, beside, -1, colours)
    _name_ends(axes, right, last, 1, colours)


def _name_ends(
    axes: Axes, ends: Mapping[str, float], x: float, side: int, colours: Mapping[str, str]
) -> None:
    """Writes names beside the ends of lines, apart from each other, on the left (-1) or right."""
    height = 1.25 * LABEL_SIZE
    scale = 72 / axes.figure.dpi
    order = sorted(ends, key=lambda name: ends[name])
    wanted = [float(axes.transData.transform((x, ends[name]))[1]) * scale for name in order]
    least = float(axes.bbox.y0) * scale + height / 2
    for name, own, place in zip(order, wanted, spread(wanted, height, least), strict=True):
        axes.annotate(
            name,
            (x, ends[name]),
            xytext=(side * 20, place - own),
            textcoords="offset points",
            fontsize=LABEL_SIZE,
            color=colours.get(name, "black"),
            ha="left" if side > 0 else "right",
            va="center",
            arrowprops={"arrowstyle": "-", "color": "0.7", "lw": 0.5, "shrinkA": 1, "shrinkB": 4},
        )


def spread(wanted: Sequence[float], apart: float, least: float) -> list[float]:
    """Places near to the wanted ones, which ascend, with a distance between, and none below one.

    Neighbours that are too near become a group, which stands around the middle of what it wants.
    """
    groups: list[list[float]] = []
    for i, place in enumerate(wanted):
        groups.append([max(place, least + i * apart)])
        while len(groups) > 1 and _first(groups[-1], apart) < _last(groups[-2], apart) + apart:
            groups[-2:] = [groups[-2] + groups[-1]]
    return [_first(group, apart) + i * apart for group in groups for i in range(len(group))]


def _first(group: Sequence[float], apart: float) -> float:
    return sum(group) / len(group) - (len(group) - 1) * apart / 2


def _last(group: Sequence[float], apart: float) -> float:
    return sum(group) / len(group) + (len(group) - 1) * apart / 2


def annotate(
    axes: Axes,
    points: Mapping[str, tuple[float, float]],
    colours: Mapping[str, str] = MappingProxyType({}),
    marks: Sequence[tuple[float, float]] = (),
) -> None:
    """Writes names beside points, each with a line to its own; see `label_offsets`."""
    for name, offset in label_offsets(axes, points, marks).items():
        axes.annotate(
            name,
            points[name],
            xytext=offset,
            textcoords="offset points",
            fontsize=LABEL_SIZE,
            color=colours.get(name, "black"),
            arrowprops={"arrowstyle": "-", "color": "0.7", "lw": 0.5, "shrinkB": 2},
        )


def label_offsets(
    axes: Axes,
    points: Mapping[str, tuple[float, float]],
    marks: Sequence[tuple[float, float]] = (),
) -> dict[str, tuple[float, float]]:
    """Where labels go, in printer's points from what they name, so that none hides another.

    The nearest free place of a spiral around each point is taken, in the order of the points, and
    other marks are left free.
    """
    scale = 72 / axes.figure.dpi
    centres = {name: axes.transData.transform(at) * scale for name, at in points.items()}
    others = [axes.transData.transform(at) * scale for at in marks]
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in (*centres.values(), *others)]
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


def draw_mix(axes: Axes, rows: Sequence[Row], unit: str = "MAC") -> None:
    """Instructions by class, a bar a variant; what all of them have little of is one class."""
    names = [row.variant.name for row in rows]
    shares: dict[str, float] = {}
    for row in rows:
        whole = sum(row.run.by_kind.values())
        for kind, count in row.run.by_kind.items():
            shares[kind] = max(shares.get(kind, 0), count / whole)
    shown = in_order(kind for kind in shares if shares[kind] >= _LEAST_SHARE and kind in CLASSES)
    left = np.zeros(len(rows))
    for kind in [*shown, _REST]:
        counts = [
            sum(n for k, n in row.run.by_kind.items() if (k if k in shown else _REST) == kind)
            for row in rows
        ]
        widths = np.array(counts, float) / [row.macs for row in rows]
        if not widths.any():
            continue
        colour = CLASSES.get(kind, BLACK)
        # What nobody can see in the bars has no place in the legend.
        seen = kind in shown or sum(shares[k] for k in shares if k not in shown) >= _LEAST_SHARE
        axes.barh(
            range(len(names)),
            widths,
            left=left,
            label=kind if seen else "_nolegend_",
            color=colour,
            edgecolor="white",
            lw=0.4,
        )
        left += widths
    axes.set_yticks(range(len(names)), names, fontsize=LABEL_SIZE)
    axes.set_ylim(len(names) - 0.4, -0.6)
    for at, width in enumerate(left):
        axes.text(width, at, f" {width:.3g}", va="center", fontsize=LABEL_SIZE - 1)
    axes.margins(x=0.1)
    axes.set_xlabel(f"instructions per {unit}")
    axes.set_title("Mix of instructions", fontsize=10)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if rows:
        _legend_below(axes)
