"""Matrix products as variants of a kernel compute them, on all processors.

`product` is the product of an arithmetic. `Products` multiplies for somebody who needs many of
them, such as a network: a share runs on the emulator, too, and has to be equal; all are counted.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded, bits_of
from rvx.analysis.compare import GuestError, execute
from rvx.analysis.kernel import Kernel
from rvx.analysis.sweep.workers import processors

Reals = npt.NDArray[np.float64]

_WORTH_A_THREAD = 1 << 19
"""Multiply-accumulates, a few milliseconds, below which a second thread costs more than it saves.
"""


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), "product")


def product(numbers: Arithmetic, a: Encoded, b: Encoded) -> npt.NDArray[np.generic]:
    """The product a b^T of an arithmetic, bit for bit, on all processors if it is large.

    Every element of a product is a sum of its own, so that rows, or columns, can be done apart.

    Args:
        numbers: the arithmetic.
        a: encoded, shape (rows, length).
        b: encoded as weights, shape (columns, length).
    """
    rows, columns = (len(x.parts[0]) for x in (a, b))
    parts = min(processors(), rows * columns * a.length // _WORTH_A_THREAD, max(rows, columns))
    if parts < 2:
        return _quietly(numbers, a, b)
    by_rows = rows >= columns
    bounds = np.linspace(0, max(rows, columns), parts + 1).astype(int)
    tasks = [
        _threads().submit(_quietly, numbers, _rows(a, *ends), b)
        if by_rows
        else _threads().submit(_quietly, numbers, a, _rows(b, *ends))
        for ends in pairwise(bounds)
    ]
    return np.concatenate([task.result() for task in tasks], axis=0 if by_rows else 1)


def _quietly(numbers: Arithmetic, a: Encoded, b: Encoded) -> npt.NDArray[np.generic]:
    # What overflows is what a product may show; NumPy keeps what it warns of for each thread.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(numbers.product(a, b))


def _rows(x: Encoded, begin: int, end: int) -> Encoded:
    return replace(x, parts=tuple(part[begin:end] for part in x.parts))


@dataclass
class Events:
    """What happened to the numbers of a layer.

    Attributes:
        elements: numbers that were rounded to a format.
        underflow: those of them that became 0 and were not.
        overflow: those that became infinite, and results that are no number.
        products: non-zero products of the matrices that were looked at one by one.
        swamped: those of them below half a unit in the last place of the sum that they end in, so
            that the sum cannot hold them.
    """

    elements: int = 0
    underflow: int = 0
    overflow: int = 0
    products: int = 0
    swamped: int = 0

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass
class Products:
    """Multiplies as variants of a kernel do.

    An array form has no instructions: none are counted, and nothing runs on the emulator.

    Attributes:
        kernel: a matrix product, gemm or one that extends it.
        share: of the products that the emulator computes as well.
        digits: significant bits of a sum, 0 where sums are exact.
        rng: chooses them.
        checked: how many were compared.
        mismatches: elements of them that differ.
        instructions: of all products so far.
        bytes: that operands and results occupy, of all products so far.
        events: by layer.
        counts: instructions of a product by variant and shape.
    """

    kernel: Kernel
    share: float
    digits: int
    rng: np.random.Generator
    checked: int = 0
    mismatches: int = 0
    instructions: int = 0
    bytes: int = 0
    events: dict[str, Events] = field(default_factory=dict)
    counts: dict[tuple[str, int, int, int], int] = field(default_factory=dict)

    def weights(self, variant: str, layer: str, b: Reals) -> Encoded:
        """A second operand, for many products."""
        with np.errstate(over="ignore", invalid="ignore"):
            encoded = self._numbers(variant).encode_weights(b)
        self._count(layer, b, encoded)
        return encoded

    def __call__(self, variant: str, layer: str, a: Reals, b: Reals | Encoded) -> Reals:
        """The product a b^T in the arithmetic of a variant; NaN if an operand is no number.

        Args:
            variant: of the kernel.
            layer: that it belongs to.
            a: shape (rows, length).
            b: shape (columns, length), or what `weights` has made of it.

        Raises:
            GuestError: the kernel trapped.
        """
        events = self.events.setdefault(layer, Events())
        columns = len(b.parts[0] if isinstance(b, Encoded) else b)
        if not np.isfinite(a).all() or not (isinstance(b, Encoded) or np.isfinite(b).all()):
            events.overflow += len(a) * columns
            return np.full((len(a), columns), np.nan)
        numbers = self._numbers(variant)
        right = b if isinstance(b, Encoded) else self.weights(variant, layer, b)
        with np.errstate(over="ignore", invalid="ignore"):
            left = numbers.encode(a)
            raw = product(numbers, left, right)
            result = numbers.decode(raw)
        self._count(layer, a, left)
        shape = (variant, len(a), columns, a.shape[1])
        # Which instructions a product takes depends on its sizes, and not on its numbers.
        if shape not in self.counts or self.rng.random() < self.share:
            self.counts[shape] = self._instructions(shape, left, right, raw)
            self._watch(events, left, right, result)
        self.instructions += self.counts[shape]
        self.bytes += sum(x.nbytes for x in (*left.memory, *right.memory)) + raw.nbytes
        events.overflow += int(np.count_nonzero(~np.isfinite(result)))
        return result

    def _numbers(self, variant: str) -> Arithmetic:
        return self.kernel.numbers(self.kernel.variants[variant])

    def _count(self, layer: str, given: Reals, encoded: Encoded) -> None:
        events = self.events.setdefault(layer, Events())
        events.elements += given.size
        events.underflow += int(np.count_nonzero((encoded.values == 0) & (given != 0)))
        events.overflow += int(np.count_nonzero(~np.isfinite(encoded.values)))

    def _instructions(
        self,
        shape: tuple[str, int, int, int],
        a: Encoded,
        b: Encoded,
        raw: npt.NDArray[np.generic],
    ) -> int:
        """Of a product, which is compared with that of the emulator."""
        name, rows, columns, length = shape
        variant = self.kernel.variants[name]
        if variant.source is None:
            return 0
        sizes = self.kernel.choose({"M": rows, "N": columns, "K": length})
        run, found = execute(self.kernel, variant, sizes, a, b)
        if run.trap is not None:
            raise GuestError(name, run.trap)
        self.checked += 1
        self.mismatches += int(
            np.count_nonzero(bits_of(found) != bits_of(raw.reshape(found.shape)))
        )
        return run.instructions

    def _watch(self, events: Events, a: Encoded, b: Encoded, result: Reals) -> None:
        """Products that are too small for their sums."""
        if not self.digits or not np.isfinite(result).all():
            return
        half = np.ldexp(0.5, np.frexp(result)[1] - self.digits)
        for row, limits in zip(a.values, half, strict=True):
            sizes = np.abs(row * b.values)
            is_there = sizes > 0
            events.products += int(np.count_nonzero(is_there))
            events.swamped += int(np.count_nonzero(is_there & (sizes < limits[:, None])))
