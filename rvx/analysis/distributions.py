"""Distributions of a kernel's inputs, by name.

Each is of unit scale around 0. A range [low, high) puts its centre at the middle of the range, and
its unit at half of the range's width: `uniform` fills the range, and the others reach beyond.

`ill` is made of the operands in the order of the kernel, since it is the sums that are to be
ill-conditioned: along the last axis, which kernels reduce along, neighbours nearly cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rvx.errors import RvxError

Reals = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Reals]

_DEGREES_OF_FREEDOM = 3
_FEWER_DEGREES = 2
_NONZERO = 0.1
_BINADES = 12
_CANCELLED_BITS = 10


class DistributionError(RvxError, ValueError):
    """A distribution that there is not."""


def _lognormal(rng: np.random.Generator, shape: tuple[int, ...]) -> Reals:
    return rng.choice((-1.0, 1.0), shape) * rng.lognormal(size=shape)


def _sparse(rng: np.random.Generator, shape: tuple[int, ...]) -> Reals:
    values = rng.uniform(-1.0, 1.0, shape)
    return np.where(rng.random(shape) < _NONZERO, values, 0.0)


def _wide(rng: np.random.Generator, shape: tuple[int, ...]) -> Reals:
    return rng.choice((-1.0, 1.0), shape) * np.exp2(rng.uniform(-_BINADES, 0, shape))


DISTRIBUTIONS: dict[str, tuple[str, Draw]] = {
    "uniform": ("every number of the range alike", lambda rng, shape: rng.uniform(-1, 1, shape)),
    "normal": ("Gauss's", lambda rng, shape: rng.standard_normal(shape)),
    "laplace": ("two-sided exponential", lambda rng, shape: rng.laplace(size=shape)),
    "lognormal": ("of either sign, the logarithm of the magnitude normal", _lognormal),
    "heavy": (
        f"Student's t with {_DEGREES_OF_FREEDOM} degrees of freedom",
        lambda rng, shape: rng.standard_t(_DEGREES_OF_FREEDOM, shape),
    ),
    "heavier": (
        f"Student's t with {_FEWER_DEGREES} degrees of freedom, which has no variance",
        lambda rng, shape: rng.standard_t(_FEWER_DEGREES, shape),
    ),
    "sparse": (f"uniform, with {1 - _NONZERO:.0%} zeros", _sparse),
    "ill": (
        f"normal, in pairs whose products nearly cancel, to 1 part in {1 << _CANCELLED_BITS}",
        lambda rng, shape: rng.standard_normal(shape),
    ),
    "wide": (f"of either sign, the logarithm uniform over {_BINADES} binades", _wide),
}
"""What each is, and how it is drawn."""


def check_distribution(name: str) -> None:
    """Refuses a name that no distribution has.

    Raises:
        DistributionError: it has none.
    """
    if name not in DISTRIBUTIONS:
        known = ", ".join(DISTRIBUTIONS)
        raise DistributionError(f"there is no distribution '{name}'; there are {known}")


def drawn(
    name: str, rng: np.random.Generator, low: float, high: float, shape: tuple[int, ...]
) -> Reals:
    """An array of numbers of a distribution.

    Args:
        name: of the distribution.
        rng: where the numbers come from.
        low: lower end of the range, see above.
        high: upper end of it.
        shape: of the array.

    Raises:
        DistributionError: there is none of that name.
    """
    if name == "uniform":  # as NumPy scales it, to the last bit
        return rng.uniform(low, high, shape)
    check_distribution(name)
    return (low + high) / 2 + (high - low) / 2 * DISTRIBUTIONS[name][1](rng, shape)


def arrange(
    name: str, rng: np.random.Generator, middle: float, a: Reals, b: Reals
) -> tuple[Reals, Reals]:
    """What a distribution does to the operands as a kernel has them.

    Args:
        name: of the distribution.
        rng: where the numbers came from.
        middle: of the range.
        a: first operand, reduced along the last axis.
        b: second operand, likewise.
    """
    if name != "ill":
        return a, b
    first, second = a - middle, b - middle
    pairs = first.shape[-1] // 2 if first.ndim else 0
    if pairs:
        left = first[..., : 2 * pairs : 2]
        off = 1 + rng.uniform(-1, 1, left.shape) * 2.0**-_CANCELLED_BITS
        first[..., 1 : 2 * pairs : 2] = -left * off
        same = min(pairs, second.shape[-1] // 2 if second.ndim else 0)
        second[..., 1 : 2 * same : 2] = second[..., : 2 * same : 2]
    return first + middle, second + middle


class Files:
    """Operands from .npy files, in the order in which a kernel asks for them.

    Args:
        paths: of the files.

    Raises:
        DistributionError: one is no array of real, finite numbers.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._arrays = [(path, _read(path)) for path in paths]
        self._used = 0

    def __call__(self, *shape: int) -> Reals:
        """The next array.

        Raises:
            DistributionError: there is none, or it has another shape.
        """
        if self._used == len(self._arrays):
            raise DistributionError(
                f"the kernel has more inputs than there are files; the next one has the shape "
                f"{shape}"
            )
        path, array = self._arrays[self._used]
        if array.shape != shape:
            raise DistributionError(
                f"{path} has the shape {array.shape}, and the kernel takes {shape} here; sizes are "
                f"chosen with -p"
            )
        self._used += 1
        return array

    def end(self) -> None:
        """Checks that every file was used.

        Raises:
            DistributionError: one was not.
        """
        if self._used < len(self._arrays):
            path = self._arrays[self._used][0]
            raise DistributionError(f"{path} is one input too many: the kernel has {self._used}")


def _read(path: Path) -> Reals:
    try:
        # What the header promises and the file has not is found before there is memory for it.
        found = np.lib.format.open_memmap(path, mode="r")
    except (OSError, MemoryError):
        raise
    except Exception as error:  # headers are read as Python, which has many ways to fail
        raise DistributionError(f"{path} is no array of NumPy (.npy): {error}") from None
    if found.dtype.kind not in "iufb":
        raise DistributionError(f"{path} is no array of real numbers, as numpy.save writes it")
    reals = found.astype(np.float64)
    if not np.isfinite(reals).all():
        raise DistributionError(f"{path} has elements that are not finite")
    return reals
