"""How many decimal digits a format has, over the magnitude of what it represents.

The decimal accuracy of a representation x' of x is -log10 |log10(x' / x)| (Gustafson, "Posit
Arithmetic", 2017): the more digits, the closer. At each magnitude the worst case is taken, a number
at the boundary where rounding changes from one neighbour to the other. For posits whose exponent is
cut that boundary is not half-way: it is the posit of one more bit between the two.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from rvx.formats.number.catalogue import parse
from rvx.formats.number.format import Format, extremes
from rvx.formats.number.own import Codec
from rvx.formats.posit import exact
from rvx.records import dataclass

POINTS = 4
"""Samples in each binade."""


@dataclass(frozen=True)
class Curve:
    """The accuracy of a format.

    Attributes:
        format: its name.
        magnitudes: log10 of positive numbers within the range of the format, ascending.
        digits: decimal accuracy at each of them, in the worst case.
        smallest: the smallest positive number.
        largest: the largest number.
    """

    format: str
    magnitudes: tuple[float, ...]
    digits: tuple[float, ...]
    smallest: Fraction
    largest: Fraction

    @property
    def decades(self) -> float:
        """The dynamic range: log10 of the quotient of the largest and the smallest number."""
        return _log10(self.largest) - _log10(self.smallest)

    @property
    def most(self) -> float:
        """The accuracy where it is best."""
        return max(self.digits)


def curve(fmt: Format) -> Curve:
    """Samples a format from its smallest to its largest number.

    Raises:
        ValueError: the format has fewer than two positive numbers.
    """
    smallest, largest = extremes(fmt)
    if smallest == largest:
        raise ValueError(f"{fmt.name} has one positive number only, and so no accuracy to draw")
    samples = [(x, digits_at(fmt, x)) for x in _samples(smallest, largest)]
    magnitudes = tuple(_log10(x) for x, _ in samples)
    name = fmt.name
    return Curve(name, magnitudes, tuple(digits for _, digits in samples), smallest, largest)


def digits_at(fmt: Format, x: Fraction) -> float:
    """The worst decimal accuracy between the neighbours of x, which lie at and above it.

    Args:
        fmt: the format.
        x: from its smallest number up to below its largest.
    """
    position = fmt.position_of(fmt.encode(x))
    assert position is not None
    nearest = fmt.decode(fmt.code_at(position))
    assert isinstance(nearest, Fraction)
    below = position if nearest <= x else position - 1
    low, high = (fmt.decode(fmt.code_at(at)) for at in (below, below + 1))
    assert isinstance(low, Fraction)
    assert isinstance(high, Fraction)
    boundary = fmt.boundary(below)
    worst = max(_log10(boundary / low), _log10(high / boundary))
    return -math.log10(worst)


def _samples(smallest: Fraction, largest: Fraction) -> Iterator[Fraction]:
    for scale in range(exact.floor_log2(smallest), exact.floor_log2(largest) + 1):
        for part in range(POINTS):
            x = exact.times_power(Fraction(POINTS + part, POINTS), scale)
            if smallest <= x < largest:
                yield x


def _log10(x: Fraction) -> float:
    """The logarithm of a number that may be outside of binary64, accurate next to 1."""
    scale = exact.floor_log2(x)
    if scale in (-1, 0):
        return math.log1p(float(x - 1)) / math.log(10)
    return math.log10(float(exact.times_power(x, -scale))) + scale * math.log10(2)


def curves(names: Sequence[str], own: Mapping[str, Codec] | None = None) -> list[Curve]:
    """The curves of formats by name.

    Args:
        names: of formats of rvx, or of users.
        own: the latter.

    Raises:
        FormatError: a name is no format.
        ValueError: a format has fewer than two positive numbers.
    """
    return [curve(parse(name, own)) for name in names]


def to_text(found: Sequence[Curve]) -> str:
    """What the picture shows, in a line a format."""
    width = max(6, *(len(each.format) for each in found))
    lines = [f"{'format':{width}}    smallest     largest  decades  most digits"]
    for each in found:
        ends = "".join(f"{power_text(x):>12}" for x in (each.smallest, each.largest))
        lines.append(f"{each.format:{width}}{ends}{each.decades:9.1f}{each.most:13.2f}")
    return "\n".join(lines)


def power_text(x: Fraction) -> str:
    """A number that may be outside of binary64, to four digits."""
    exponent = math.floor(_log10(x))
    return f"{float(x / Fraction(10) ** exponent):.3f}e{exponent:+d}"


def draw(found: Sequence[Curve], path: Path) -> None:
    """Writes a picture: digits over magnitude, a line a format.

    Raises:
        PlotError: see `rvx.analysis.plots.check`.
    """
    from rvx.analysis.colours import FAMILIES, LINES, family
    from rvx.analysis.plots import check, save

    check(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    of_a_kind: Counter[str] = Counter()
    for each in found:
        kind = family(each.format)
        # Where there are more formats of a kind than ways to draw a line, it becomes wider.
        wider, line = divmod(of_a_kind[kind], len(LINES))
        of_a_kind[kind] += 1
        # Down to the axis at both ends: beyond them there is nothing.
        ends = (each.magnitudes[0], *each.magnitudes, each.magnitudes[-1])
        axes.plot(
            ends,
            (0, *each.digits, 0),
            label=each.format,
            color=FAMILIES[kind][0],
            linestyle=LINES[line],
            linewidth=1.2 * (1 + wider),
        )
    axes.set_ylim(bottom=0)
    axes.set_xlabel("magnitude, as a power of ten")
    axes.set_ylabel("decimal digits, in the worst case")
    axes.set_title("Accuracy over magnitude", fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    save(figure, path)
