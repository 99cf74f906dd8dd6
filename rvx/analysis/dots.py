"""How far accumulators are from the exact sum: errors over lengths, kinds of data and seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rvx.analysis.distributions import DISTRIBUTIONS, Draw
from rvx.analysis.room import Room
from rvx.errors import RvxError
from rvx.formats.dot import ACCUMULATORS, Accumulator
from rvx.formats.dot.accumulator import Element, Exact, Pairwise
from rvx.formats.dot.array import matmul
from rvx.formats.minifloat.array.codes import decode, encode
from rvx.formats.minifloat.catalogue import FP16, FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow
from rvx.formats.number.array import WIDEST, arrays
from rvx.formats.number.catalogue import FormatError, parse
from rvx.formats.number.format import Format
from rvx.formats.number.own import Codec
from rvx.records import dataclass

Reals = npt.NDArray[np.float64]
Words = npt.NDArray[np.int64]

SCHEMA = "rvx.dot/1"
NORMAL_QUANTILE = 1.96
"""Of the normal distribution, for intervals of 95 %."""


class DotError(RvxError, ValueError):
    """What cannot be studied."""


_NORMAL, _UNIFORM, _HEAVIER = (DISTRIBUTIONS[name][1] for name in ("normal", "uniform", "heavier"))


def _positive(rng: np.random.Generator, shape: tuple[int, ...]) -> Reals:
    return np.abs(rng.standard_normal(shape))


def _cancelling(rng: np.random.Generator, shape: tuple[int, ...]) -> Reals:
    """Pairs of neighbours that are each other's negative but for a hundredth."""
    made = rng.standard_normal(shape)
    half = shape[1] // 2
    made[:, 1 : 2 * half : 2] = -made[:, : 2 * half : 2] * rng.uniform(0.99, 1.01, (shape[0], half))
    return made


DATA: dict[str, tuple[Draw, Draw]] = {
    "normal": (_NORMAL, _NORMAL),
    "uniform": (_UNIFORM, _UNIFORM),
    "heavier": (_HEAVIER, _NORMAL),
    "positive": (_positive, _positive),
    "cancelling": (_cancelling, _positive),
}
"""How the two factors are drawn, by the name of the data."""
_SEEDED_AS = {"heavier": "heavy"}
"""What was once called otherwise: random numbers come from a name, and published figures stay."""


class Factors(NamedTuple):
    """A matrix as an accumulator gets it.

    Attributes:
        codes: of the elements.
        scales: an exponent of two for each element, as blocks have them; None without.
        values: the numbers that these are.
    """

    codes: Words
    scales: Words | None
    values: Reals


@dataclass(frozen=True)
class Scheme:
    """How numbers become elements, and perhaps scales.

    Attributes:
        name: for tables; empty where elements are rounded one by one.
        quantise: makes factors of numbers, for elements of a format.
    """

    name: str
    quantise: Callable[[Minifloat, Reals], Factors]


def _rounded(fmt: Minifloat, numbers: Reals) -> Factors:
    codes = encode(fmt, numbers, overflow=Overflow.SATURATE).astype(np.int64)
    return Factors(codes, None, decode(fmt, codes))


PLAIN = Scheme("", _rounded)
"""Every number is rounded to the nearest element."""


@dataclass(frozen=True)
class Converted(Accumulator):
    """An accumulator whose factors are numbers of a format without kernels, converted before.

    Attributes:
        factors: the format.
    """

    factors: Format | None = None

    def quantise(self, numbers: Reals) -> Factors:
        """Rounds numbers to the format, and those to the one that is multiplied."""
        assert self.factors is not None
        assert isinstance(self.left, Minifloat)
        tables = arrays(self.factors)
        return _rounded(self.left, tables.decode(tables.encode(numbers)))


def converted(fmt: Format) -> list[Accumulator]:
    """Accumulators in binary32 for any format of at most 16 bits.

    Factors are converted to binary16, bfloat16 or binary32, the first that has all their numbers;
    to binary32, rounded, if none has.

    Raises:
        DotError: the format is wider.
    """
    if fmt.bits > WIDEST:
        raise DotError(
            f"{fmt.name} has {fmt.bits} bits and no accumulator in the catalogue; formats that are "
            f"converted have at most {WIDEST}"
        )
    values = arrays(fmt).values
    values = values[np.isfinite(values)]
    carrier = next(
        (one for one in (FP16, FP16ALT) if (_rounded(one, values).values == values).all()), FP32
    )

    def made(name: str, group: int, reduction: Exact | Pairwise, is_fused: bool) -> Converted:
        return Converted(
            f"{name}-{fmt.name}",
            carrier,
            carrier,
            FP32,
            group,
            reduction,
            is_fused=is_fused,
            factors=fmt,
        )

    return [
        made("fma", 1, Exact(), is_fused=True),
        made("pairwise8", 8, Pairwise(), is_fused=False),
        made("exact", 0, Exact(), is_fused=True),
    ]


@dataclass(frozen=True)
class Estimate:
    """The mean over seeds, and half of its interval of 95 %."""

    value: float
    half_width: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Estimate:
        """From one figure a seed; the half width of one seed is infinite."""
        if len(samples) < 2:
            return cls(samples[0], math.inf)
        deviation = float(np.std(samples, ddof=1))
        return cls(float(np.mean(samples)), NORMAL_QUANTILE * deviation / math.sqrt(len(samples)))


@dataclass(frozen=True)
class Row:
    """One accumulator on one kind of data.

    Attributes:
        accumulator: its name.
        data: the kind of data.
        length: products of a sum.
        rms: root of the mean square of the error, in units in the last place of the size of a sum:
            the root of the sum of the squares of its products, which a sum of terms of random sign
            has on average. Units of the exact sum itself would count those that are nearly 0 most.
        mean: of the error away from zero: negative for an accumulator that loses magnitude.
        largest: the largest error of all seeds.
        of_exact: the median of the errors' magnitudes, in units of the exact sum.
        decreases: the share of sums of one group that become smaller when the accumulator that
            they are added to becomes larger; 0 for an accumulator that is monotonic there.
        not_finite: sums that became infinite or NaN; they are in no other figure.
        sums: how many sums there were.
    """

    accumulator: str
    data: str
    length: int
    rms: Estimate
    mean: Estimate
    largest: float
    of_exact: Estimate
    decreases: float
    not_finite: int
    sums: int

    def to_json(self) -> dict[str, object]:
        """One element of `rows`."""
        return {
            "accumulator": self.accumulator,
            "data": self.data,
            "length": self.length,
            "rms_ulp": finite_or_none(self.rms.value),
            "rms_ulp_half_width": finite_or_none(self.rms.half_width),
            "mean_ulp": finite_or_none(self.mean.value),
            "mean_ulp_half_width": finite_or_none(self.mean.half_width),
            "max_ulp": finite_or_none(self.largest),
            "median_ulp_of_exact": finite_or_none(self.of_exact.value),
            "median_ulp_of_exact_half_width": finite_or_none(self.of_exact.half_width),
            "decreases": self.decreases,
            "not_finite": self.not_finite,
            "sums": self.sums,
        }


def finite_or_none(value: float) -> float | None:
    """A figure as JSON has it, where there are neither infinities nor NaNs."""
    return value if math.isfinite(value) else None


def run(
    accumulators: Sequence[Accumulator],
    lengths: Sequence[int],
    data: Sequence[str],
    seeds: int,
    size: int = 16,
    progress: Callable[[str], None] = lambda name: None,
    scheme: Scheme = PLAIN,
    draws: Mapping[str, tuple[Draw, Draw]] = DATA,
) -> list[Row]:
    """Errors against the exact sums.

    Args:
        accumulators: of minifloats.
        lengths: products of a sum.
        data: keys of `draws`.
        seeds: how many matrices of each kind; the intervals are over these.
        size: sums a seed are its square.
        progress: is told the accumulator before each step.
        scheme: how numbers become elements.
        draws: how factors are drawn, see `DATA`.

    Raises:
        DotError: an accumulator of integers, data of no known name, or sums too long for the
            memory of this machine.
    """
    for acc in accumulators:
        if not isinstance(acc.result, Minifloat):
            raise DotError(f"{acc.name} adds up integers, which have no error in the last place")
    for name in data:
        if name not in draws:
            raise DotError(f"'{name}' is not a kind of data; there are {', '.join(draws)}")
    for length in lengths:
        room = Room(f"a sum of {length} products", DotError)
        room.take((2, size, length))
    exact: dict[object, tuple[Reals, Reals]] = {}
    return [
        _row(acc, name, draws[name], length, seeds, size, exact, progress, scheme)
        for length in lengths
        for name in data
        for acc in accumulators
    ]


def _row(
    acc: Accumulator,
    name: str,
    pair: tuple[Draw, Draw],
    length: int,
    seeds: int,
    size: int,
    exact: dict[object, tuple[Reals, Reals]],
    progress: Callable[[str], None],
    scheme: Scheme,
) -> Row:
    progress(acc.name)
    assert isinstance(acc.left, Minifloat)
    assert isinstance(acc.right, Minifloat)
    assert isinstance(acc.result, Minifloat)
    squares, means, medians = [], [], []
    largest, not_finite, decreasing = 0.0, 0, 0
    for seed in range(seeds):
        rng = np.random.default_rng([seed, length, *_SEEDED_AS.get(name, name).encode()])
        a, b = (
            _factors(acc, scheme, fmt, draw(rng, (size, length)))
            for fmt, draw in zip((acc.left, acc.right), pair, strict=True)
        )
        factors = acc.factors if isinstance(acc, Converted) else None
        key = (factors, acc.left, acc.right, name, length, seed)
        if key not in exact:
            x, y = a.values, b.values
            exact[key] = sums(x, y), np.sqrt(x**2 @ (y**2).T)
        wanted, sizes = exact[key]
        got = decode(
            acc.result,
            matmul(acc, a.codes, b.codes, a_scales=a.scales, b_scales=b.scales, seed=seed),
        )
        decreasing += _decreasing(acc, a, b, seed)
        errors = in_ulps(got, wanted, sizes, acc.result)
        relative = in_ulps(got, wanted, wanted, acc.result)
        is_finite = np.isfinite(errors)
        not_finite += int((~is_finite).sum())
        errors = errors[is_finite]
        if errors.size:
            squares.append(math.sqrt(float(np.mean(errors**2))))
            means.append(float(np.mean(errors)))
            medians.append(float(np.median(np.abs(relative[is_finite]))))
            largest = max(largest, float(np.abs(errors).max()))
    nothing = Estimate(math.nan, math.nan)
    return Row(
        acc.name,
        name,
        length,
        Estimate.of(squares) if squares else nothing,
        Estimate.of(means) if means else nothing,
        largest if squares else math.nan,
        Estimate.of(medians) if medians else nothing,
        decreasing / (seeds * size * size),
        not_finite,
        seeds * size * size,
    )


def _factors(acc: Accumulator, scheme: Scheme, fmt: Minifloat, numbers: Reals) -> Factors:
    if isinstance(acc, Converted):
        return acc.quantise(numbers)
    return scheme.quantise(fmt, numbers)


def _decreasing(acc: Accumulator, a: Factors, b: Factors, seed: int) -> int:
    """How many sums of one group become smaller with a larger accumulator.

    Accumulators are the last number below a power of two and that power, of about the size of the
    sum: where terms are aligned to the accumulator, that is where all of them lose a digit.
    """
    assert isinstance(acc.result, Minifloat)
    fmt = acc.result
    n = min(acc.group or 32, a.codes.shape[1])
    left, right = a.codes[:, :n] & ~_sign(acc.left), b.codes[:, :n] & ~_sign(acc.right)
    total = np.abs(a.values[:, :n]) @ np.abs(b.values[:, :n]).T
    above = np.random.default_rng(seed).integers(0, 4, total.shape)
    power = np.exp2(np.floor(np.log2(np.maximum(total, 2.0**fmt.emin))) + above)
    start = encode(fmt, power, overflow=Overflow.SATURATE).astype(np.int64)
    scales = [None if x.scales is None else x.scales[:, :n] for x in (a, b)]
    smaller, larger = (
        decode(fmt, matmul(acc, left, right, c, a_scales=scales[0], b_scales=scales[1], seed=seed))
        for c in (start - 1, start)
    )
    return int((larger < smaller).sum())


def _sign(fmt: Element) -> int:
    assert isinstance(fmt, Minifloat)
    return fmt.sign_mask


def sums(a: Reals, b: Reals) -> Reals:
    """The exact sums of products of all rows, rounded to binary64 once.

    A product of two factors of at most 24 significant bits is exact in binary64.
    """
    return np.array([[math.fsum((x * y).tolist()) for y in b] for x in a])


def in_ulps(got: Reals, exact: Reals, sizes: Reals, fmt: Minifloat) -> Reals:
    """Errors away from zero, in units in the last place of numbers of these sizes in the format."""
    exponents = np.frexp(sizes)[1] - 1
    ulp = np.ldexp(1.0, np.maximum(exponents, fmt.emin) - fmt.m)
    with np.errstate(invalid="ignore"):
        away = np.where(exact < 0, exact - got, got - exact)
    return np.asarray(away / ulp)


def choose(
    names: Sequence[str],
    formats: Sequence[str],
    files: Sequence[Path] = (),
    own_formats: Mapping[str, Codec] | None = None,
) -> list[Accumulator]:
    """Accumulators by name, those of the catalogue for some formats, and those of files.

    Args:
        names: keys of the catalogue, or names in the files, or patterns of them such as `fma-*`;
            with none, all of the files, and of the catalogue those of the formats.
        formats: names of left formats; one that no accumulator of the catalogue has gets those of
            `converted`.
        files: Python files that make accumulators.
        own_formats: formats of users.

    Raises:
        DotError: a name that there is not, or a file without an accumulator.
    """
    from rvx.userfiles import UserFileError, run_file

    own: dict[str, Accumulator] = {}
    for path in files:
        if path.suffix != ".py" or not path.is_file():
            raise DotError(f"'{path}' is not a file of Python, which ends in .py")
        try:
            module = run_file(path, f"rvx_user_{path.stem}")
        except UserFileError as error:
            raise DotError(str(error)) from error.__cause__
        found = _made_by(vars(module).values())
        if not found:
            raise DotError(
                f"'{path}' makes no accumulator; a variable should hold a "
                f"rvx.formats.dot.Accumulator, or a list of them"
            )
        own |= {acc.name: acc for acc in found}
    of_formats = _of_formats(formats, own_formats)
    known = {**ACCUMULATORS, **own, **{acc.name: acc for acc in of_formats}}
    if names:
        chosen: dict[str, Accumulator] = {}
        for name in names:
            matching = {key: acc for key, acc in known.items() if fnmatchcase(key, name)}
            if not matching:
                raise DotError(f"'{name}' is not an accumulator; there are {', '.join(known)}")
            chosen |= matching
        return list(chosen.values())
    return [*own.values(), *of_formats]


def _of_formats(names: Sequence[str], own: Mapping[str, Codec] | None) -> list[Accumulator]:
    """Accumulators of formats, in the order of the catalogue, then those of `converted`."""
    try:
        wanted = [parse(name, own) for name in names]
    except FormatError as error:
        raise DotError(str(error)) from None
    there = [acc for acc in ACCUMULATORS.values() if isinstance(acc.result, Minifloat)]
    with_some = {acc.left.name for acc in there}
    others = [fmt for fmt in dict.fromkeys(wanted) if fmt.name not in with_some]
    found = [acc for acc in there if acc.left.name in {fmt.name for fmt in wanted}]
    return found + [acc for fmt in others for acc in converted(fmt)]


def _made_by(values: Iterable[object]) -> list[Accumulator]:
    """The accumulators among values, and in lists and tuples of them."""
    found = []
    for value in values:
        if isinstance(value, Accumulator):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += [each for each in value if isinstance(each, Accumulator)]
    return found
