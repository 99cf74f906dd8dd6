"""How the errors of single results are distributed: the means of `rvx.analysis.metrics` hide it.

Errors are in units in the last place of the output format at the wanted value, and counted away
from zero, so that a kernel that loses magnitude has a negative bias.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.metrics import finite
from rvx.records import dataclass

Reals = npt.NDArray[np.float64]
Box = tuple[tuple[int, int], ...]
"""First and last index of each axis."""

QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)
SMALLEST, LARGEST = -24, 64
"""Powers of two of the histogram; what lies beyond is in its first or last class."""
MOST_OPERANDS = 1024
"""Elements of an operand of the worst result that a document shows."""


@dataclass(frozen=True)
class Spread:
    """The errors of all results of a variant.

    Attributes:
        against: `float64` or `rationals`, whichever the wanted values were.
        results: how many there are.
        exact: results without an error.
        nearest: results whose error is at most half a unit: a single rounding of what was wanted
            may give them.
        not_finite: results that are no number; they are in no other figure but this.
        first: power of two of the first class of the histogram.
        counts: results whose error is at least 2^(first + i) ulp and below twice that.
        quantiles: of the magnitudes of all errors, by share of the results.
        bias: mean error away from zero.
        digits: correct decimal digits of single results: half of them have at least the first,
            all of them at least the second; infinite where no result has an error.
        worst: index of the result with the largest error, None if none is finite.
        result: what came out there.
        wanted: what should have.
    """

    against: str
    results: int
    exact: int
    nearest: int
    not_finite: int
    first: int
    counts: tuple[int, ...]
    quantiles: Mapping[float, float]
    bias: float
    digits: tuple[float, float]
    worst: tuple[int, ...] | None
    result: float = math.nan
    wanted: float = math.nan

    def to_json(self) -> dict[str, Any]:
        """The object `distribution` of a row."""
        return {
            "against": self.against,
            "exact": self.exact,
            "nearest": self.nearest,
            "not_finite": self.not_finite,
            "histogram": {"first": self.first, "counts": list(self.counts)},
            "quantiles": {f"{share:g}": finite(value) for share, value in self.quantiles.items()},
            "bias_ulp": finite(self.bias),
            "digits": {"median": finite(self.digits[0]), "least": finite(self.digits[1])},
            "worst": None
            if self.worst is None
            else {
                "index": list(self.worst),
                "result": finite(self.result),
                "wanted": finite(self.wanted),
                "ulp": finite(self.quantiles[1.0]),
            },
        }


def spread(result: Reals, wanted: Reals, ulp: Reals) -> Spread | None:
    """The distribution against float64; None if a wanted value is not finite.

    Args:
        result: what came out.
        wanted: what should have, of the same shape.
        ulp: of the output format at the wanted values.
    """
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        return _of(result - wanted, result, wanted, ulp, "float64")


def spread_exactly(
    result: Sequence[Fraction | None], wanted: Sequence[Fraction], ulp: Reals
) -> Spread | None:
    """The distribution against exact rationals, in the order of the array `ulp`.

    Args:
        result: what came out; None for what is no number.
        wanted: what should have.
        ulp: of the output format at the wanted values.
    """
    errors = [math.nan if x is None else _float(x - y) for x, y in zip(result, wanted, strict=True)]
    found = [math.nan if x is None else _float(x) for x in result]
    arrays = (errors, found, [_float(y) for y in wanted])
    error, got, right = (np.array(x, np.float64).reshape(ulp.shape) for x in arrays)
    return _of(error, got, right, ulp, "rationals")


def _float(x: Fraction) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf


def _of(error: Reals, result: Reals, wanted: Reals, ulp: Reals, against: str) -> Spread | None:
    if not np.isfinite(wanted).all():
        return None
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        units = np.where(error == 0, 0.0, error / ulp)
        away = np.where(wanted < 0, -units, units)
        relative = np.where(wanted == 0, np.nan, np.abs(error) / np.abs(wanted))
    is_number = np.isfinite(away) & np.isfinite(result)
    sizes = np.abs(away[is_number])
    inexact = sizes[sizes > 0]
    powers = np.clip(np.frexp(inexact)[1] - 1, SMALLEST, LARGEST)
    first = int(powers.min()) if powers.size else 0
    counts = np.bincount(powers - first) if powers.size else np.zeros(0, int)
    relative = relative[is_number & ~np.isnan(relative)]
    worst = None
    if sizes.size:
        flat = int(np.argmax(np.where(is_number, np.abs(away), -1)))
        worst = tuple(int(i) for i in np.unravel_index(flat, away.shape))
    return Spread(
        against=against,
        results=int(away.size),
        exact=int(sizes.size - inexact.size),
        nearest=int(np.count_nonzero(sizes <= 0.5)),
        not_finite=int(away.size - sizes.size),
        first=first,
        counts=tuple(int(count) for count in counts),
        quantiles={
            # A figure that a result really has, and not one between two of them.
            share: float(np.quantile(sizes, share, method="higher")) if sizes.size else math.nan
            for share in QUANTILES
        },
        bias=float(away[is_number].mean()) if sizes.size else math.nan,
        digits=(
            _digits(float(np.median(relative))) if relative.size else math.nan,
            _digits(float(relative.max())) if relative.size else math.nan,
        ),
        worst=worst,
        result=float(result[worst]) if worst is not None else math.nan,
        wanted=float(wanted[worst]) if worst is not None else math.nan,
    )


def _digits(relative: float) -> float:
    return math.inf if relative == 0 else -math.log10(relative)


def operands_of(
    golden: Callable[[Reals, Reals], Reals], a: Reals, b: Reals, index: tuple[int, ...]
) -> tuple[Box | None, Box | None]:
    """The least boxes of both operands that hold all that a result depends on.

    No kernel says which of its inputs go into which result, but its golden function shows it: NaN
    in an element reaches every result that the element has a part in.

    Args:
        golden: of the operands.
        a: the first one.
        b: the second one.
        index: of the result.

    Returns:
        First and last index along each axis; None where nothing of the operand goes into it.
    """

    def box(which: int) -> Box | None:
        operand = (a, b)[which]

        def reaches(axis: int, begin: int, end: int) -> bool:
            spoilt = operand.copy()
            spoilt[(slice(None),) * axis + (slice(begin, end),)] = np.nan
            with np.errstate(all="ignore"):
                found = golden(*((spoilt, b) if which == 0 else (a, spoilt)))
            return bool(np.isnan(found[index]))

        if not operand.size or not reaches(0, 0, operand.shape[0]):
            return None
        return tuple(_ends(reaches, axis, size) for axis, size in enumerate(operand.shape))

    return box(0), box(1)


def _ends(reaches: Callable[[int, int, int], bool], axis: int, size: int) -> tuple[int, int]:
    """The first and the last index that matter, each by halving what it may be."""
    low, high = 0, size - 1
    while low < high:  # the first one is the least i with a reaching [0, i]
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(axis, 0, middle + 1) else (middle + 1, high)
    first, high = low, size - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if reaches(axis, middle, size) else (low, middle - 1)
    return first, low
