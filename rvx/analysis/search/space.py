"""What is searched: parameters with the values they may have, and what a choice of them gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from rvx.analysis import kernel as kernels
from rvx.analysis.distributions import check_distribution, drawn
from rvx.errors import RvxError
from rvx.records import dataclass, replace

Value = int | str
Choice = Mapping[str, Value]
Reals = npt.NDArray[np.float64]

ROWS, LENGTH = 16, 256
"""Of the matrices that a format is judged by: products of 16 rows with 16, of so many elements."""
BYTE = 8


class SearchError(RvxError, ValueError):
    """What cannot be searched."""


@dataclass(frozen=True)
class Axis:
    """The values of a parameter.

    Attributes:
        name: of the parameter.
        values: whole numbers in order, or names.
    """

    name: str
    values: Sequence[Value]


@dataclass(frozen=True)
class Measured:
    """What a choice gives.

    Attributes:
        error: the less the better.
        costs: by name, likewise.
    """

    error: float
    costs: Mapping[str, float]


@dataclass(frozen=True)
class Conditions:
    """What all choices are judged by.

    Attributes:
        low: lower end of the range of the inputs.
        high: upper end of it.
        distribution: of the inputs.
        seeds: inputs of each kind; errors are means over them.
    """

    low: float = -1.0
    high: float = 1.0
    distribution: str = "uniform"
    seeds: int = 1


Measure = Callable[[Choice, Conditions], Measured]


@dataclass(frozen=True)
class Space:
    """What is searched.

    Attributes:
        name: a kernel, a family of formats, or `dot`.
        axes: its parameters.
        error: what the error of a choice is.
        costs: names of what it costs, the usual one first.
        measure: what a choice gives; a function that other processes can import.
    """

    name: str
    axes: Sequence[Axis]
    error: str
    costs: Sequence[str]
    measure: Measure

    @property
    def size(self) -> int:
        """How many choices there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    def narrowed(self, given: Mapping[str, Sequence[Value]]) -> Space:
        """The same with other values of some parameters.

        Raises:
            SearchError: there is no such parameter, or it has values of another kind.
        """
        known = {axis.name: axis for axis in self.axes}
        for name, values in given.items():
            if name not in known:
                raise SearchError(
                    f"{self.name} has no parameter '{name}' to search; there are "
                    f"{', '.join(known) or 'none'}"
                )
            kinds = {type(value) for value in known[name].values}
            if not values or not all(type(value) in kinds for value in values):
                some = ", ".join(str(value) for value in known[name].values[:6])
                raise SearchError(f"{name} of {self.name} must be like {some}")
            known[name] = Axis(name, list(dict.fromkeys(values)))
        return replace(self, axes=list(known.values()))


def space_of(name: str) -> Space:
    """A family of formats, `dot`, a kernel by name, or a folder.

    Raises:
        SearchError: there is nothing of that name.
        KernelError: the kernel is damaged.
    """
    if name in FAMILIES:
        return FAMILIES[name]
    if name in kernels.names() or "/" in name or name == ".":
        return _of_kernel(kernels.load(name))
    raise SearchError(
        f"there is no '{name}' to search; there are the formats and accumulators "
        f"{', '.join(FAMILIES)}, the kernels {', '.join(kernels.names())}, and folders with a /"
    )


VLENS = (0, 128, 256, 512, 1024)


def _of_kernel(kernel: kernels.Kernel) -> Space:
    """Variants and sizes of a kernel; sizes are as usual where nobody says what they may be."""
    shipped = kernel.name in kernels.names()
    name = kernel.name if shipped else str(kernel.folder.resolve())
    sizes = [Axis(size.name, [size.default]) for size in kernel.parameters.values()]
    axes = [Axis("variant", list(kernel.variants)), *sizes]
    if any(variant.uses_vectors for variant in kernel.variants.values()):
        axes.append(Axis("VLEN", [0]))

    unit = f"instructions per {kernel.unit}"
    measure = partial(_of_cells, name)
    return Space(kernel.name, axes, "mse", ("instructions", unit), measure)


def _of_cells(kernel: str, choice: Choice, conditions: Conditions) -> Measured:
    """The mean of the cells of a sweep that differ in the seed.

    Raises:
        SearchError: a cell failed, is not bit exact, or has no error to speak of.
    """
    from rvx.analysis.sweep.cell import Cell, evaluate

    sizes = {n: v for n, v in choice.items() if n not in ("variant", "VLEN") and type(v) is int}
    variant, vlen = str(choice["variant"]), int(choice.get("VLEN", 0))
    chosen = tuple(kernels.load(kernel).choose(sizes).items())
    rows = [
        evaluate(
            Cell(
                kernel,
                variant,
                vlen,
                chosen,
                conditions.low,
                conditions.high,
                conditions.distribution,
                seed,
            )
        )
        for seed in range(conditions.seeds)
    ]
    for row in rows:
        if row["error"] is not None:
            raise SearchError(row["error"])
        if not row["bit_exact"]:
            raise SearchError(f"{row['mismatches']} results differ from the order-exact reference")
        if row["mse"] is None:
            raise SearchError("a result is not finite")
    unit = f"instructions per {kernels.load(kernel).unit}"
    return Measured(
        float(np.mean([row["mse"] for row in rows])),
        {
            "instructions": float(rows[0]["instructions"]),
            unit: float(rows[0]["instructions_per_mac"]),
        },
    )


Quantise = Callable[[Reals, Choice], tuple[Reals, float]]


def _of_format(name: str, axes: Sequence[Axis], quantise: Quantise) -> Space:
    """Formats of a family: errors of exact sums of their numbers, over bytes of an element."""
    return Space(name, axes, "mse", ("bytes",), partial(_of_products, quantise))


def _of_products(quantise: Quantise, choice: Choice, conditions: Conditions) -> Measured:
    """The mean over inputs that differ in the seed.

    Raises:
        SearchError: a result is not finite.
    """
    errors = []
    for seed in range(conditions.seeds):
        a, b, exact = _matrices(conditions, seed)
        with np.errstate(over="ignore", invalid="ignore"):
            (x, size), (y, _) = quantise(a, choice), quantise(b, choice)
            errors.append(float(np.mean((x @ y.T - exact) ** 2)))
    if not np.all(np.isfinite(errors)):
        raise SearchError("a number is too large for the format")
    return Measured(float(np.mean(errors)), {"bytes": size})


@cache
def _matrices(conditions: Conditions, seed: int) -> tuple[Reals, Reals, Reals]:
    check_distribution(conditions.distribution)
    rng = np.random.default_rng(seed)
    a, b = (
        drawn(conditions.distribution, rng, conditions.low, conditions.high, (ROWS, LENGTH))
        for _ in "ab"
    )
    return a, b, a @ b.T


def _posit(x: Reals, choice: Choice) -> tuple[Reals, float]:
    from fractions import Fraction

    from rvx.formats.posit import Posit, exact

    fmt = Posit(int(choice["bits"]), int(choice["es"]))
    values = [
        float(exact.decode(exact.encode(Fraction(number), fmt), fmt) or 0)
        for number in x.reshape(-1).tolist()
    ]
    return np.array(values).reshape(x.shape), fmt.n / BYTE


def _minifloat(x: Reals, choice: Choice) -> tuple[Reals, float]:
    from rvx.formats.minifloat.array.codes import decode, encode
    from rvx.formats.minifloat.format import Minifloat
    from rvx.formats.minifloat.rounding import Overflow

    fmt = Minifloat(int(choice["e"]), int(choice["m"]))
    return decode(fmt, encode(fmt, x, overflow=Overflow.SATURATE)), fmt.bits / BYTE


def _integer(x: Reals, choice: Choice) -> tuple[Reals, float]:
    from rvx.formats.integer.calibrate import quantise_tensor
    from rvx.formats.integer.format import Integer

    fmt = Integer(int(choice["bits"]))
    return quantise_tensor(x, fmt).dequantise(), fmt.bits / BYTE


def _mx(x: Reals, choice: Choice) -> tuple[Reals, float]:
    from rvx.formats.block.mx import array
    from rvx.formats.block.mx.format import Mx
    from rvx.formats.minifloat.format import Flavour, Minifloat

    element = Minifloat(int(choice["e"]), int(choice["m"]), Flavour.FINITE)
    fmt = Mx("searched", element, int(choice["block"]))
    return array.quantise(x, fmt).dequantise(), (element.bits + BYTE / fmt.block) / BYTE


def _vsq(x: Reals, choice: Choice) -> tuple[Reals, float]:
    from rvx.formats.block.vsq import array
    from rvx.formats.block.vsq.format import Vsq
    from rvx.formats.integer.format import Integer

    element = Integer(int(choice["bits"]))
    fmt = Vsq(element, int(choice["block"]), int(choice["scale_bits"]))
    size = (element.bits + fmt.scale_bits / fmt.vector) / BYTE
    return array.quantise(x, fmt).dequantise(), size


def _accumulator(choice: Choice, conditions: Conditions) -> Measured:
    """Bulk normalisation: errors as `rvx dot` has them, over bits of the adder, and additions."""
    from rvx.analysis import dots
    from rvx.formats.dot.catalogue import rvbna
    from rvx.formats.minifloat.catalogue import parse
    from rvx.formats.minifloat.rounding import Rounding

    fmt = parse(str(choice["format"]))
    group = int(choice["group"])
    rounding = Rounding[str(choice["rounding"]).upper()]
    acc = rvbna(fmt, fmt, group, int(choice["guard"]), rounding)
    (row,) = dots.run([acc], [LENGTH], [str(choice["data"])], conditions.seeds)
    if not math.isfinite(row.rms.value):
        raise SearchError("no sum is finite")
    # Digits behind the point, two before it, and what so many products carry over.
    adder = acc.kept + 2 + (group - 1).bit_length()
    return Measured(row.rms.value, {"adder bits": adder, "additions": math.ceil(LENGTH / group)})


BLOCKS = (8, 16, 32, 64, 128)
FAMILIES: dict[str, Space] = {
    "posit": _of_format("posit", [Axis("bits", range(4, 17)), Axis("es", range(4))], _posit),
    "minifloat": _of_format(
        "minifloat", [Axis("e", range(2, 9)), Axis("m", range(1, 11))], _minifloat
    ),
    "int": _of_format("int", [Axis("bits", range(2, 17))], _integer),
    "mx": _of_format(
        "mx", [Axis("e", range(1, 6)), Axis("m", range(1, 6)), Axis("block", BLOCKS)], _mx
    ),
    "vsq": _of_format(
        "vsq",
        [Axis("bits", range(2, 9)), Axis("block", BLOCKS), Axis("scale_bits", range(2, 11))],
        _vsq,
    ),
    "dot": Space(
        "dot",
        [
            Axis("format", ["bfloat16"]),
            Axis("group", (2, 4, 8, 16, 32)),
            Axis("guard", range(9)),
            Axis("rounding", ("rne", "rod")),
            Axis("data", ["normal"]),
        ],
        "rms ulp",
        ("adder bits", "additions"),
        _accumulator,
    ),
}
"""Number formats by family, and accumulators of dot products."""
