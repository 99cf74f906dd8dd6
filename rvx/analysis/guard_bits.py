"""What bulk normalisation costs: products of a group, guard bits, and how the group is added.

The RISC-V manual normalises n products together, keeps g guard bits, and its note says that the
impact of g has not been evaluated. Drafts add the group to odd (Zvdota) or to nearest (Zvt). This
is the evaluation: errors against exact sums, for the formats of today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from rvx.analysis import dots, plots
from rvx.analysis.colours import SERIES
from rvx.analysis.dots import PLAIN, DotError, Factors, Reals, Row, Scheme
from rvx.formats.block.mx import array as mx
from rvx.formats.block.mx.format import (
    MXFP4,
    MXFP6_E2M3,
    MXFP6_E3M2,
    MXFP8_E4M3,
    MXFP8_E5M2,
    SCALE_BIAS,
    Mx,
)
from rvx.formats.block.nvfp4 import array as nvfp4
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat.array.codes import decode, encode
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.records import dataclass

SCHEMA = "rvx.dot.study/1"
LENGTH = 512
DATA = ("normal", "heavier", "cancelling")
PRODUCTS = (2, 8, 32)
ROUNDINGS = {Rounding.ROD: "to odd", Rounding.RNE: "to nearest"}


def _mx_scheme(fmt: Mx) -> Scheme:
    def quantise(element: Minifloat, numbers: Reals) -> Factors:
        made = mx.quantise(numbers, fmt)
        scales = np.repeat(made.scales.astype(np.int64) - SCALE_BIAS, fmt.block, axis=-1)
        return Factors(made.codes.astype(np.int64), scales, made.dequantise())

    return Scheme(fmt.name, quantise)


def _nvfp4(element: Minifloat, numbers: Reals) -> Factors:
    """Elements times their E4M3 scales, which binary16 holds exactly; the tensor's scale is 1."""
    made = nvfp4.quantise(numbers)
    spread = np.repeat(decode(made.format.scale, made.scales), made.format.block, axis=-1)
    values = decode(made.format.element, made.codes) * spread
    return Factors(encode(element, values).astype(np.int64), None, values)


def guards(products: int) -> tuple[int, ...]:
    """Guard bits that are tried: none, one, those of the manual, and eight."""
    return tuple(sorted({0, 1, (products - 1).bit_length(), 8}))


def _element(fmt: Mx) -> Minifloat:
    assert isinstance(fmt.element, Minifloat)
    return fmt.element


FORMATS: dict[str, tuple[Minifloat, Scheme]] = {
    "E4M3": (E4M3FN, PLAIN),
    "E5M2": (FP8, PLAIN),
    "FP16": (FP16, PLAIN),
    "BF16": (FP16ALT, PLAIN),
    **{
        name: (_element(fmt), _mx_scheme(fmt))
        for name, fmt in {
            "MXFP4": MXFP4,
            "MXFP6 E2M3": MXFP6_E2M3,
            "MXFP6 E3M2": MXFP6_E3M2,
            "MXFP8 E4M3": MXFP8_E4M3,
            "MXFP8 E5M2": MXFP8_E5M2,
        }.items()
    },
    "NVFP4": (FP16, Scheme("nvfp4", _nvfp4)),
}
"""Formats of the study: of the elements that are multiplied, and how numbers become such."""
STEPS = len(DATA) * sum(len(guards(n)) for n in PRODUCTS) * len(ROUNDINGS)
"""Of a format."""


@dataclass(frozen=True)
class Point:
    """One setting on one kind of data.

    Attributes:
        format: key of `FORMATS`.
        products: of a group.
        guard: bits.
        rounding: how a group is added.
        row: its errors.
    """

    format: str
    products: int
    guard: int
    rounding: str
    row: Row


def choose(names: Sequence[str]) -> list[str]:
    """Formats of the study by name, all of them without a name.

    Raises:
        DotError: there is no such format.
    """
    known = {name.lower(): name for name in FORMATS}
    for name in names:
        if name.lower() not in known:
            raise DotError(f"'{name}' is not a format of the study; there are {', '.join(FORMATS)}")
    return [known[name.lower()] for name in names] or list(FORMATS)


def run(
    seeds: int,
    formats: Sequence[str],
    data: Sequence[str] = DATA,
    products: Sequence[int] = PRODUCTS,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Point]:
    """All settings of the formats."""
    found = []
    for name in formats:
        element, scheme = FORMATS[name]
        settings = [
            (n, guard, rounding) for n in products for guard in guards(n) for rounding in ROUNDINGS
        ]
        made = [rvbna(element, element, n, guard, rounding) for n, guard, rounding in settings]
        rows = dots.run(made, [LENGTH], data, seeds, progress=progress, scheme=scheme)
        for at, row in enumerate(rows):
            n, guard, rounding = settings[at % len(settings)]
            found.append(Point(name, n, guard, ROUNDINGS[rounding], row))
    return found


def to_json(found: Sequence[Point], seeds: int) -> dict[str, object]:
    """The study as a document."""
    points = [
        {
            "format": point.format,
            "products": point.products,
            "guard": point.guard,
            "added": point.rounding,
            **point.row.to_json(),
        }
        for point in found
    ]
    return {"schema": SCHEMA, "seeds": seeds, "points": points}


def draw(found: Sequence[Point], path: Path) -> None:
    """Errors over guard bits: a panel for each format, normal data."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(point.format for point in found))
    columns = 5
    figure = Figure(figsize=(12, 2.6 * -(-len(names) // columns)), layout="constrained")
    panels = figure.subplots(-(-len(names) // columns), columns, sharex=True, squeeze=False)
    colours = dict(zip(PRODUCTS, SERIES, strict=False))
    for axes, name in zip(panels.flat, names, strict=False):
        axes.set_title(name, fontsize=9)
        for n, colour in colours.items():
            for rounding, line in zip(ROUNDINGS.values(), (":", "-"), strict=True):
                chosen = [
                    point
                    for point in found
                    if (point.format, point.products, point.rounding) == (name, n, rounding)
                    and point.row.data == found[0].row.data
                ]
                axes.errorbar(
                    [point.guard for point in chosen],
                    [point.row.rms.value for point in chosen],
                    [point.row.rms.half_width for point in chosen],
                    color=colour,
                    linestyle=line,
                    marker=".",
                    linewidth=1,
                    label=f"n = {n}, added {rounding}",
                )
        errors = [point.row.largest for point in found if point.format == name]
        if max(errors) == 0:
            axes.text(0.5, 0.5, "all sums are exact", ha="center", transform=axes.transAxes)
            axes.set_ylim(top=1)
        axes.set_ylim(bottom=0)
        axes.tick_params(labelsize=plots.LABEL_SIZE)
    for axes in panels[-1]:
        axes.set_xlabel("guard bits", fontsize=plots.LABEL_SIZE)
    for row in panels:
        row[0].set_ylabel("rms error, ulp", fontsize=plots.LABEL_SIZE)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=plots.LABEL_SIZE)
    plots.save(figure, path)
