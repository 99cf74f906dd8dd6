"""The table and the picture of the comparison of drafts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rvx.analysis import plots
from rvx.analysis.colours import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from rvx.paper.drafts.study import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.table import Table

HEADERS = (
    "instructions of",
    "numbers",
    "VLEN",
    "executed",
    "MACs per instruction",
    "MACs per vector instruction",
    "KB loaded",
    "KB stored",
    "MACs per byte",
    "SQNR dB",
    "error of sums",
)
_TEXTS = 2
LOOKS = {
    "RVV": (BLACK, "o"),
    "Zvdot4a": (ORANGE, "^"),
    "Zvdota": (SKY, "s"),
    "Zvbdota": (BLUE, "D"),
    "Zvt": (VERMILION, "P"),
    "Zvvm": (PURPLE, "v"),
    "vmadot": (GREEN, "X"),
}
"""Colour and mark of the families that have more than one point; all others are grey."""
NOTE = (
    "M = N = {size}, K = {depth}, uniform in [-1, 1). MACs are those of the product; per vector "
    "instruction for products, those that it performs. SQNR is against float64 on the numbers as "
    "they are; the error of sums is relative to float64 on the rounded numbers, in the Euclidean "
    "norm. What Zvt does depends on rows of tiles and not on VLEN."
)


def cells(one: Outcome) -> list[str]:
    """A row of the table."""
    row = one.row
    each = one.per_matrix_instruction
    return [
        one.entry.label,
        one.entry.numbers,
        str(row.variant.vlen or "-"),
        f"{row.run.instructions:,}",
        f"{one.rate:.1f}",
        "-" if each is None else f"{each:,.0f}",
        f"{one.loaded / 1024:.1f}",
        f"{one.stored / 1024:.1f}",
        f"{one.intensity:.2f}",
        f"{row.total.sqnr_db:.1f}",
        f"{error_of_sums(one):.1e}",
    ]


def error_of_sums(one: Outcome) -> float:
    """The error of the sums alone, relative to them in the Euclidean norm."""
    error: float = 10 ** (-one.row.from_arithmetic.sqnr_db / 20)
    return error


def to_rich(found: Sequence[Outcome], size: int, depth: int) -> Table:
    """The table for a terminal; a row whose bits are not those of its accumulator is red."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    said = " All results are bit for bit those of their accumulators."
    is_well = all(one.row.bit_exact for one in found)
    table = Table(
        title="One product of matrices by every instruction set",
        caption=NOTE.format(size=size, depth=depth) + (said if is_well else ""),
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    for number, text in enumerate(HEADERS):
        above, space, below = text.rpartition(" ")
        table.add_column(
            f"{above}\n{below}" if space else below,
            justify="left" if number < _TEXTS else "right",
            no_wrap=True,
            vertical="bottom",
        )
    for one in found:
        table.add_row(*cells(one), style=None if one.row.bit_exact else "bold red")
    return table


def to_markdown(found: Sequence[Outcome]) -> str:
    """The table in Markdown."""
    lines = [
        " | ".join(HEADERS),
        " | ".join("---" if number < _TEXTS else "---:" for number in range(len(HEADERS))),
        *(" | ".join(cells(one)) for one in found),
    ]
    return "".join(f"| {line} |\n" for line in lines)


def draw(found: Sequence[Outcome], path: Path) -> None:
    """What an instruction and a byte are worth, and how exact sums are.

    On the left products of 8 bits and what is no draft; on the right the drafts for floats.

    Raises:
        PlotError: see `rvx.analysis.plots.check`.
    """
    plots.check(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 5.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
    draw_costs(left, found)
    draw_errors(right, found)
    plots.save(figure, path)


def draw_costs(axes: Axes, found: Sequence[Outcome]) -> None:
    """Multiply-accumulates of an instruction over those of a byte, a line for each shape."""
    lines: dict[tuple[str, str], list[Outcome]] = {}
    for one in found:
        if one.entry.numbers == "INT8" or one.entry.family not in LOOKS:
            lines.setdefault((one.entry.label, one.entry.numbers), []).append(one)
    ends: dict[str, tuple[float, float]] = {}
    colours: dict[str, str] = {}
    for (label, numbers), rows in lines.items():
        family = rows[0].entry.family
        colour, mark = LOOKS.get(family, (GREY, "o"))
        x, y = [one.intensity for one in rows], [one.rate for one in rows]
        axes.plot(x, y, color=colour, marker=mark, markersize=6, lw=1.2)
        if family in LOOKS:
            ends[label], colours[label] = (x[-1], y[-1]), colour
        else:
            axes.annotate(
                f"{label} ({numbers})",
                (x[-1], y[-1]),
                xytext=(0, -13),
                textcoords="offset points",
                ha="center",
                fontsize=plots.LABEL_SIZE,
                color=BLACK,
            )
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda v, _: f"{v:g}" if v >= 1 else f"1/{1 / v:g}")
    axes.set_xlabel("MACs for every byte that is loaded or stored")
    axes.set_ylabel("MACs for every instruction")
    axes.set_title("Products of 8 bits; lines go from the least VLEN to the most", fontsize=10)
    axes.grid(alpha=0.3)
    axes.margins(x=0.22, y=0.1)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    marks = [(one.intensity, one.rate) for rows in lines.values() for one in rows]
    plots.annotate(axes, ends, colours, marks)


def draw_errors(axes: Axes, found: Sequence[Outcome]) -> None:
    """Errors of the sums of drafts for floats: a line for each shape and format with any."""
    lines: dict[tuple[str, str], list[Outcome]] = {}
    for one in found:
        if one.entry.numbers in ("E4M3", "BF16"):
            lines.setdefault((one.entry.numbers, one.entry.label), []).append(one)
    exact = [key for key, rows in lines.items() if not any(error_of_sums(one) for one in rows)]
    for key in exact:
        del lines[key]
    order = list(lines)
    for place, rows in enumerate(lines.values()):
        colour, mark = LOOKS.get(rows[0].entry.family, (GREY, "o"))
        errors = [error_of_sums(one) for one in rows]
        axes.plot(errors, [place] * len(errors), color="0.8", lw=1, zorder=1)
        for one, error in zip(rows, errors, strict=True):
            size = 4 + 2 * ((one.row.variant.vlen or 128).bit_length() - 8)
            axes.plot(error, place, mark, color=colour, markersize=size)
    axes.set_yticks(range(len(order)), [f"{label}  {numbers}" for numbers, label in order])
    axes.invert_yaxis()
    if exact:
        formats = " and ".join(dict.fromkeys(numbers for numbers, _ in exact))
        axes.text(
            0.98,
            0.02,
            f"{len(exact)} more, of {formats}, are exact",
            fontsize=plots.LABEL_SIZE,
            ha="right",
            va="bottom",
            transform=axes.transAxes,
        )
    axes.set_xlabel("relative error of the sums")
    axes.set_title("Sums of floats in binary32; larger marks are larger VLEN", fontsize=10)
    axes.grid(alpha=0.3, axis="x")
    axes.tick_params(labelsize=plots.LABEL_SIZE)
