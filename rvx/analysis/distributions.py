"""Distributions of a kernel's inputs, by name.

Each is of unit scale around 0. A range [low, high) puts its centre at the middle of the range, and
its unit at half of the range's width: `uniform` fills the range, and the others reach beyond.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rvx.errors import RvxError

Reals = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Reals]

_DEGREES_OF_FREEDOM = 3
_NONZERO = 0.1
_BINADES = 12


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
    "sparse": (f"uniform, with {1 - _NONZERO:.0%} zeros", _sparse),
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
