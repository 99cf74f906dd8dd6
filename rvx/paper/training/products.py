"""Matrix products of a training run: the reference's bits, checked on the emulator, and counted."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Encoded, bits_of
from rvx.analysis.compare import GuestError, execute
from rvx.analysis.kernel import Kernel

Reals = npt.NDArray[np.float64]


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
    _counts: dict[tuple[str, int, int, int], int] = field(default_factory=dict)

    def __call__(self, variant: str, layer: str, a: Reals, b: Reals) -> Reals:
        """The product a b^T in the arithmetic of a variant.

        Args:
            variant: of the kernel.
            layer: that it belongs to.
            a: shape (rows, length).
            b: shape (columns, length).

        Raises:
            GuestError: the kernel trapped.
        """
        events = self.events.setdefault(layer, Events())
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            events.overflow += a.shape[0] * b.shape[0]
            return np.full((a.shape[0], b.shape[0]), np.nan)
        numbers = self.kernel.numbers(self.kernel.variants[variant])
        with np.errstate(over="ignore", invalid="ignore"):
            left, right = numbers.encode(a), numbers.encode_weights(b)
            raw = np.asarray(numbers.product(left, right))
            result = numbers.decode(raw)
        shape = (variant, len(a), len(b), a.shape[1])
        # Which instructions a product takes depends on its sizes, and not on its numbers.
        if shape not in self._counts or self.rng.random() < self.share:
            self._check(shape, left, right, raw)
            self._watch(events, left, right, result)
        self.instructions += self._counts[shape]
        self.bytes += sum(x.nbytes for x in (*left.memory, *right.memory)) + raw.nbytes
        for given, encoded in ((a, left), (b, right)):
            events.elements += given.size
            events.underflow += int(np.count_nonzero((encoded.values == 0) & (given != 0)))
            events.overflow += int(np.count_nonzero(~np.isfinite(encoded.values)))
        events.overflow += int(np.count_nonzero(~np.isfinite(result)))
        return result

    def _check(
        self,
        shape: tuple[str, int, int, int],
        a: Encoded,
        b: Encoded,
        raw: npt.NDArray[np.generic],
    ) -> None:
        name, rows, columns, length = shape
        variant = self.kernel.variants[name]
        sizes = self.kernel.choose({"M": rows, "N": columns, "K": length})
        run, found = execute(self.kernel, variant, sizes, a, b)
        if run.trap is not None:
            raise GuestError(name, run.trap)
        self.checked += 1
        self.mismatches += int(
            np.count_nonzero(bits_of(found) != bits_of(raw.reshape(found.shape)))
        )
        self._counts[shape] = run.instructions

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
