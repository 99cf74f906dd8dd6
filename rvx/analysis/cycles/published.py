"""Cycles that others have measured, beside what is estimated for the same programs.

The figures are those of `cores/published/figures.toml`. No latency of a core was chosen to fit
them: what a file in `cores/` gives no source for is called assumed there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from html import escape
from typing import Any

import numpy as np

from rvx.analysis.colours import SERIES
from rvx.analysis.cycles.core import load_core
from rvx.analysis.cycles.estimate import Estimate, Estimator
from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.tracing.tracer import Tracing
from rvx.extensions import isa_for
from rvx.records import dataclass
from rvx.resources import cores

FIGURES = "figures.toml"
MISS = 0.15
"""Relative errors beyond this are called misses."""
_ROOM = 1 << 16
"""Bytes of each of the three arrays that a program gets."""


@dataclass(frozen=True)
class Figure:
    """A published number of cycles.

    Attributes:
        what: is computed.
        program: that does it: a file beside.
        defines: symbols of the program.
        core: its name.
        march: the ISA.
        vlen: of the ISA, in bits; 0 without vectors.
        cycles: as published.
        source: a name in `Figures.sources`.
        table: which table, and which row, has it.
    """

    what: str
    program: str
    defines: dict[str, int]
    core: str
    march: str
    cycles: int
    source: str
    table: str
    vlen: int = 0


@dataclass(frozen=True)
class Source:
    """Where figures are from.

    Attributes:
        text: authors, title and place.
        measured: how.
    """

    text: str
    measured: str


@dataclass(frozen=True)
class Line:
    """A figure, and its estimate."""

    figure: Figure
    estimate: Estimate

    @property
    def error(self) -> float:
        """Of the estimate, relative to what was measured."""
        return self.estimate.cycles / self.figure.cycles - 1


@dataclass(frozen=True)
class Table:
    """All figures, with their estimates.

    Attributes:
        lines: in the order of the file.
        sources: by name.
    """

    lines: Sequence[Line]
    sources: dict[str, Source]

    @cached_property
    def rank_correlation(self) -> float:
        """Spearman's, of all figures."""
        published = _ranks([line.figure.cycles for line in self.lines])
        estimated = _ranks([line.estimate.cycles for line in self.lines])
        return float(np.corrcoef(published, estimated)[0, 1])

    @cached_property
    def median_error(self) -> float:
        """Of the absolute relative errors."""
        return float(np.median([abs(line.error) for line in self.lines]))


def _ranks(values: Iterable[int]) -> Any:
    """Ranks; equal values have the mean of theirs."""
    _, positions, counts = np.unique(list(values), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[positions]


def read() -> tuple[list[Figure], dict[str, Source]]:
    """The figures, and where they are from."""
    text = tomllib.loads(cores("published", FIGURES).read_text(encoding="utf-8"))
    sources = {name: Source(**one) for name, one in text["sources"].items()}
    return [Figure(**one) for one in text["figures"]], sources


def estimated(figure: Figure) -> Estimate:
    """Runs the program of a figure: three arrays of zeros in a0, a1 and a2."""
    isa = isa_for(figure.march, (), figure.vlen)
    folder = cores("published")
    program = assemble(folder / figure.program, isa, include_dirs=[folder], defines=figure.defines)
    estimator = Estimator(isa, load_core(figure.core))
    machine = Machine(program, isa, memory=1 << 20, tracing=Tracing(), on_retired=estimator.take)
    arrays = [machine.place(np.zeros(_ROOM, np.uint8)) for _ in range(3)]
    result = machine.call("measured", *arrays)
    assert result.trap is None, result.trap
    return estimator.estimate()


@cache
def compared() -> Table:
    """Estimates every figure."""
    figures, sources = read()
    return Table([Line(figure, estimated(figure)) for figure in figures], sources)


def page(table: Table, notice: str) -> str:
    """The page of the reference.

    Args:
        table: all figures.
        notice: that it is generated.
    """
    lines = table.lines
    misses = [line for line in lines if abs(line.error) > MISS]
    by_source = {
        name: [line for line in lines if line.figure.source == name] for name in table.sources
    }
    parts = [
        notice,
        "# Estimated cycles against published ones\n",
        "Programs whose cycles others have published are run, and their cycles are "
        "[estimated](../howto/cycles.md). No latency was chosen to fit them: what a description of "
        "a core in `cores/` has no source for is called *assumed* there.\n",
        f"Of {len(lines)} figures, the rank correlation (Spearman's) is "
        f"{table.rank_correlation:.3f}, the median of the errors {table.median_error:.1%}, and "
        f"{len(misses)} are more than {MISS:.0%} off. On Snitch about ten cycles are missing "
        f"nearly everywhere, whatever the size: those of first instructions that are not in the "
        f"instruction cache yet, which weigh most where a kernel is short. Figures of one source "
        f"are not independent of each other: the same program appears in several sizes.\n",
        "![Estimated over published cycles](cycles.svg)\n",
    ]
    for name, source in table.sources.items():
        parts.append(f"## {name}\n")
        parts.append(f"{source.text}. Measured by: {source.measured}.\n")
        rows = ["| program | core | published | estimated | error | |", "|---|---|--:|--:|--:|---|"]
        for line in by_source[name]:
            figure, off = line.figure, "miss" if line in misses else ""
            rows.append(
                f"| {figure.what} ({figure.table}) | {figure.core} | {figure.cycles:,} | "
                f"{line.estimate.cycles:,} | {line.error:+.1%} | {off} |"
            )
        parts.append("\n".join(rows) + "\n")
    without = sorted(
        {path.stem for path in cores().glob("*.toml")} - {x.figure.core for x in lines}
    )
    parts.append("## Cores without a figure\n")
    parts.append(
        f"For {', '.join(without)} no published number of cycles was found whose program and "
        f"memory are known well enough to run the same. Their estimates rest on the sources in "
        f"their files, and are not validated.\n"
    )
    return "\n".join(parts)


_SIZE, _LEFT, _BOTTOM, _EDGE = 480, 64, 48, 32


def picture(table: Table) -> str:
    """Estimated over published cycles, both axes logarithmic; as SVG."""
    values = [x for line in table.lines for x in (line.figure.cycles, line.estimate.cycles)]
    low, high = np.floor(np.log10(min(values)) * 2) / 2, np.ceil(np.log10(max(values)) * 2) / 2
    across, up = _SIZE - _LEFT - _EDGE, _SIZE - _BOTTOM - _EDGE

    def x(cycles: float) -> str:
        return f"{_LEFT + across * (np.log10(cycles) - low) / (high - low):.1f}"

    def y(cycles: float) -> str:
        return f"{_SIZE - _BOTTOM - up * (np.log10(cycles) - low) / (high - low):.1f}"

    begin, end = 10**low, 10**high
    colours = dict(zip(sorted({one.figure.core for one in table.lines}), SERIES, strict=False))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="white"/>',
    ]
    for power in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        at = 10.0**power
        text = f"{10**power:,}</text>"
        parts.append(
            f'<path d="M{x(at)} {y(begin)}V{y(end)}M{x(begin)} {y(at)}H{x(end)}" stroke="#ddd"/>'
            f'<text x="{x(at)}" y="{_SIZE - _BOTTOM + 18}" text-anchor="middle">{text}'
            f'<text x="{_LEFT - 6}" y="{y(at)}" dy="4" text-anchor="end">{text}'
        )
    for factor in (1 / (1 + MISS), 1.0, 1 + MISS):
        ends = (begin, end) if factor == 1 else (max(begin, begin / factor), min(end, end / factor))
        dash = "" if factor == 1 else ' stroke-dasharray="4 4"'
        parts.append(
            f'<path d="M{x(ends[0])} {y(ends[0] * factor)}L{x(ends[1])} {y(ends[1] * factor)}" '
            f'stroke="#888"{dash}/>'
        )
    for line in table.lines:
        parts.append(
            f'<circle cx="{x(line.figure.cycles)}" cy="{y(line.estimate.cycles)}" r="4" '
            f'fill="{colours[line.figure.core]}" fill-opacity="0.6">'
            f"<title>{escape(line.figure.what)}: {line.figure.cycles:,} published, "
            f"{line.estimate.cycles:,} estimated</title></circle>"
        )
    for n, (core, colour) in enumerate(colours.items()):
        at = _EDGE + 18 + 18 * n
        parts.append(
            f'<circle cx="{_LEFT + 16}" cy="{at}" r="4" fill="{colour}"/>'
            f'<text x="{_LEFT + 26}" y="{at}" dy="4">{escape(core)}</text>'
        )
    middle = _LEFT + across / 2
    parts.append(
        f'<text x="{middle}" y="{_SIZE - 10}" text-anchor="middle">published cycles</text>'
        f'<text transform="translate(14 {_EDGE + up / 2}) rotate(-90)" text-anchor="middle">'
        f"estimated cycles</text>"
        f'<text x="{_SIZE - _EDGE - 8}" y="{_SIZE - _BOTTOM - 10}" text-anchor="end" fill="#666">'
        f"dashed: 15 % off</text></svg>\n"
    )
    return "\n".join(parts)
