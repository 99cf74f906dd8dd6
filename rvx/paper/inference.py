"""Accumulators under the inference of the networks that come with rvx: accuracy beside error.

A layer is a product of matrices: its activations and its weights become factors of the
accumulator's formats, every sum goes through the accumulator, and bias and ReLU are added to it in
binary64. Factors of at most 8 bits are scaled: all of a tensor are multiplied with the power of two
that takes the largest one to the last binade but one, and sums are divided by it. So nothing but
the rounding of factors and the accumulator stands between the network and its float64 self, and
nothing but the accumulator between two rows for the same factors.

Errors are those of all sums of all layers, in the units of `rvx.analysis.dots`. Sums in binary64,
which they are compared with, are off by less than a millionth of such a unit of binary32.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rvx.analysis import plots
from rvx.analysis.colours import BLACK, SERIES
from rvx.analysis.distributions import Draw
from rvx.analysis.dots import (
    NORMAL_QUANTILE,
    PLAIN,
    Converted,
    DotError,
    Factors,
    finite_or_none,
    in_ulps,
)
from rvx.formats.dot import Accumulator
from rvx.formats.dot.array import matmul
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.format import Minifloat
from rvx.paper.vsq import digits
from rvx.paper.vsq.network import Layer, Network, Reals, load, windows

SCHEMA = "rvx.dot.network/1"
NETWORKS = ("mlp", "cnn")
_SCALED = 8
"""Formats of so many bits have scales."""


@dataclass(frozen=True)
class Judged:
    """An accumulator in a network.

    Attributes:
        accumulator: its name.
        network: its name.
        accuracy: the share of the test images whose digit was found.
        half_width: half of its interval of 95 %.
        exact: the accuracy with exact sums of the same factors.
        changed: images whose digit is another one than with exact sums.
        images: how many there are.
        rms: root of the mean square of the errors of all sums, in ulp of the size of a sum.
        largest: of these errors.
        not_finite: sums that are infinite or NaN, which are in no error.
        sums: how many there are.
    """

    accumulator: str
    network: str
    accuracy: float
    half_width: float
    exact: float
    changed: int
    images: int
    rms: float
    largest: float
    not_finite: int
    sums: int

    def to_json(self) -> dict[str, object]:
        """One element of `rows`."""
        return {
            "accumulator": self.accumulator,
            "network": self.network,
            "accuracy": self.accuracy,
            "accuracy_half_width": self.half_width,
            "accuracy_of_exact_sums": self.exact,
            "changed": self.changed,
            "images": self.images,
            "rms_ulp": finite_or_none(self.rms),
            "max_ulp": finite_or_none(self.largest),
            "not_finite": self.not_finite,
            "sums": self.sums,
        }


def distributions() -> dict[str, tuple[Draw, Draw]]:
    """Activations and weights of each network, for `dots.run`: every number alike, of all layers.

    Raises:
        PaperError: scikit-learn, which has the images, is not installed.
    """
    return {name: _distribution(name) for name in NETWORKS}


@cache
def _distribution(name: str) -> tuple[Draw, Draw]:
    network = load(name)
    results = network.results(network.images(digits.load().test))[:-1]
    activations = np.concatenate([x.reshape(-1) for x in results])
    weights = np.concatenate([layer.weights.reshape(-1) for layer in network.layers])
    return (
        lambda rng, shape: rng.choice(activations, shape),
        lambda rng, shape: rng.choice(weights, shape),
    )


def run(
    accumulators: Sequence[Accumulator],
    networks: Sequence[str],
    images: int = digits.TEST_IMAGES,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Judged]:
    """Every accumulator in every network, on test images.

    Args:
        accumulators: of minifloats.
        networks: of `NETWORKS`.
        images: how many of the test images, from the first one on.
        progress: is told the accumulator before each step.

    Raises:
        DotError: an accumulator of integers, or a network that there is not.
        PaperError: scikit-learn, which has the images, is not installed.
    """
    for acc in accumulators:
        if not isinstance(acc.result, Minifloat):
            raise DotError(f"{acc.name} adds up integers, which have no error in the last place")
    for name in networks:
        if name not in NETWORKS:
            raise DotError(f"'{name}' is not a network; there are {', '.join(NETWORKS)}")
    data = digits.load()
    test, labels = data.test[:images], data.test_labels[:images]
    exact: dict[object, npt.NDArray[np.int64]] = {}
    found = []
    for name in networks:
        network = load(name)
        for acc in accumulators:
            progress(acc.name)
            factors = acc.factors if isinstance(acc, Converted) else None
            key = (name, acc.left, acc.right, factors)
            if key not in exact:
                exact[key] = _Inference(acc, network, is_exact=True).classes(test)
            judged = _Inference(acc, network)
            classes = judged.classes(test)
            accuracy = float(np.mean(classes == labels))
            count = len(classes)
            errors = judged.errors
            found.append(
                Judged(
                    acc.name,
                    name,
                    accuracy,
                    NORMAL_QUANTILE * math.sqrt(accuracy * (1 - accuracy) / count),
                    float(np.mean(exact[key] == labels)),
                    int((classes != exact[key]).sum()),
                    count,
                    math.sqrt(errors.squares / errors.count) if errors.count else math.nan,
                    errors.largest if errors.count else math.nan,
                    errors.not_finite,
                    errors.count + errors.not_finite,
                )
            )
    return found


@dataclass
class _Errors:
    """Errors of sums, put together."""

    squares: float = 0.0
    largest: float = 0.0
    count: int = 0
    not_finite: int = 0

    def add(self, errors: Reals) -> None:
        """More of them."""
        finite = errors[np.isfinite(errors)]
        self.not_finite += errors.size - finite.size
        self.count += finite.size
        if finite.size:
            self.squares += float((finite**2).sum())
            self.largest = max(self.largest, float(np.abs(finite).max()))


class _Inference:
    """One network through one accumulator, or with exact sums of its factors."""

    def __init__(self, acc: Accumulator, network: Network, *, is_exact: bool = False) -> None:
        self._acc, self._network, self._is_exact = acc, network, is_exact
        self.errors = _Errors()

    def classes(self, images: Reals) -> npt.NDArray[np.int64]:
        """What digit each image is; -1 where a logit is no number."""
        x = self._network.images(images)
        for layer in self._network.layers:
            x = self._layer(layer, x)
        return np.where(np.isnan(x).any(axis=1), -1, np.argmax(x, axis=1)).astype(np.int64)

    def _layer(self, layer: Layer, x: Reals) -> Reals:
        acc = self._acc
        assert isinstance(acc.left, Minifloat)
        assert isinstance(acc.right, Minifloat)
        assert isinstance(acc.result, Minifloat)
        taken = x.reshape(len(x), -1) if layer.is_dense else windows(x, layer.size)
        rows = taken.reshape(-1, taken.shape[-1])
        a, down_a = _scaled(acc, acc.left, rows)
        b, down_b = _scaled(acc, acc.right, layer.weights.reshape(layer.outputs, -1))
        # What overflowed in the layer before is no number from here on, and stays so.
        with np.errstate(invalid="ignore", over="ignore"):
            wanted = a.values @ b.values.T
            got = wanted
            if not self._is_exact:
                got = decode(acc.result, matmul(acc, a.codes, b.codes))
                sizes = np.sqrt(a.values**2 @ (b.values**2).T)
                self.errors.add(in_ulps(got, wanted, sizes, acc.result))
            y = np.ldexp(got, -down_a - down_b) + layer.bias
            y = np.maximum(y, 0) if layer.has_relu else y
        return np.asarray(y.reshape(*taken.shape[:-1], layer.outputs))


def _scaled(acc: Accumulator, fmt: Minifloat, numbers: Reals) -> tuple[Factors, int]:
    """Factors of a tensor, and the exponent of the power of two that they were multiplied with."""
    if isinstance(acc, Converted):
        return acc.quantise(numbers), 0
    exponent = 0
    largest = np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0)
    if fmt.bits <= _SCALED and largest > 0:
        exponent = fmt.emax - int(np.frexp(largest)[1])
    return PLAIN.quantise(fmt, np.ldexp(numbers, exponent)), exponent


def to_json(found: Sequence[Judged]) -> dict[str, object]:
    """The study as a document."""
    return {"schema": SCHEMA, "rows": [judged.to_json() for judged in found]}


def draw(found: Sequence[Judged], path: Path) -> None:
    """Error and accuracy side by side: a line for each accumulator, a colour for each network."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, NullFormatter

    networks = list(dict.fromkeys(judged.network for judged in found))
    accumulators = list(dict.fromkeys(judged.accumulator for judged in found))
    figure = Figure(figsize=(7.2, 1.3 + 0.26 * len(accumulators)), layout="constrained")
    errors, accuracies = figure.subplots(1, 2, sharey=True)
    drawn = [judged.rms for judged in found if math.isfinite(judged.rms) and judged.rms > 0]
    if drawn:
        errors.set_xscale("log")
        errors.set_xlim(min(drawn) / 2, max(drawn) * 2)
        ticks = FuncFormatter(lambda value, _: f"{value:g}")
        errors.xaxis.set_major_formatter(ticks)
        errors.xaxis.set_minor_formatter(ticks if max(drawn) < 10 * min(drawn) else NullFormatter())
    for judged in found:
        at = networks.index(judged.network)
        colour, marker = SERIES[at % len(SERIES)], "os"[at % 2]
        # Networks stand beside each other within the line of an accumulator.
        y = accumulators.index(judged.accumulator) + 0.3 * (at - (len(networks) - 1) / 2)
        if judged.rms > 0 and math.isfinite(judged.rms):
            errors.plot([judged.rms], [y], color=colour, marker=marker, linestyle="none")
        else:
            # No place on an axis of powers of ten: all sums are exact, or none is a number.
            errors.annotate(
                "0" if judged.rms == 0 else "no sum is a number",
                (0.02, y),
                xycoords=("axes fraction", "data"),
                color=colour,
                va="center",
                fontsize=plots.LABEL_SIZE,
            )
        accuracies.errorbar(
            [100 * judged.accuracy],
            [y],
            xerr=[100 * judged.half_width],
            color=colour,
            marker=marker,
            linestyle="none",
        )
        # Exact sums of the same factors, which differ from format to format.
        accuracies.plot([100 * judged.exact], [y], color=BLACK, marker="|", markersize=9)
    errors.set_yticks(range(len(accumulators)), accumulators)
    errors.set_ylim(len(accumulators) - 0.5, -0.5)
    errors.set_xlabel("rms error of all sums, ulp")
    accuracies.set_xlabel("accuracy, % of test images, with 95 % interval")
    for axes in (errors, accuracies):
        axes.grid(axis="both", color="0.9", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(which="both", labelsize=plots.LABEL_SIZE)
        axes.xaxis.label.set_size(plots.LABEL_SIZE)
    keys = [
        Line2D([], [], color=SERIES[at % len(SERIES)], marker="os"[at % 2], linestyle="none")
        for at in range(len(networks))
    ]
    keys.append(Line2D([], [], color=BLACK, marker="|", markersize=9, linestyle="none"))
    figure.legend(
        keys,
        [*networks, "exact sums"],
        loc="outside upper right",
        ncols=len(keys),
        frameon=False,
        fontsize=plots.LABEL_SIZE,
    )
    plots.save(figure, path)
