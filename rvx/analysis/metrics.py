"""How far a result is from the golden one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Errors:
    """Distances between two arrays; all are 0 (and the SQNR infinite) where they are equal.

    Relative errors leave out the elements whose golden value is 0. A result that is not finite
    where the golden one is makes every figure infinite. Where a golden value is not finite itself,
    there is nothing to measure against, and every figure is NaN.

    Attributes:
        mse: mean of the squared errors.
        max_abs: largest absolute error.
        mean_abs: mean absolute error.
        max_rel: largest relative error.
        mean_rel: mean relative error.
        max_ulp: largest error in units of the last place of the output format; NaN if no such
            unit was given.
        sqnr_db: signal to quantisation noise, 10 log10(sum golden^2 / sum error^2), in dB.
        digits: correct decimal digits, -log10 of the relative error in the Euclidean norm.
    """

    mse: float
    max_abs: float
    mean_abs: float
    max_rel: float
    mean_rel: float
    max_ulp: float
    sqnr_db: float
    digits: float

    def to_json(self) -> dict[str, float | None]:
        """The figures by name; None stands for what JSON has no number for."""
        return {name: finite(value) for name, value in asdict(self).items()}


def finite(value: float) -> float | None:
    """The value, or None if it is infinite or NaN, which JSON does not know."""
    return float(value) if np.isfinite(value) else None


def measure(result: npt.ArrayLike, golden: npt.ArrayLike, ulp: Reals | None = None) -> Errors:
    """The errors of a result.

    Args:
        result: what came out, as float64.
        golden: what should have, of the same shape.
        ulp: the unit in the last place of the output format at each golden value.

    Raises:
        ValueError: the shapes differ, or the arrays are empty.
    """
    found = np.asarray(result, np.float64)
    wanted = np.asarray(golden, np.float64)
    if found.shape != wanted.shape or found.size == 0:
        raise ValueError(
            f"a result of shape {found.shape} cannot be measured against {wanted.shape}; "
            f"both need the same shape, with at least one element"
        )
    if not np.isfinite(wanted).all():
        return Errors(*[float("nan")] * len(fields(Errors)))
    error = np.where(np.isfinite(found), np.abs(found - wanted), np.inf)
    # Next to a subnormal golden value, a relative error may be beyond float64: then it is infinite.
    # So may squares be. The ratio is taken of numbers near 1: a power of two changes no bit of it.
    with np.errstate(over="ignore", invalid="ignore"):
        relative = error[wanted != 0] / np.abs(wanted[wanted != 0])
        mse = float(np.sum(np.square(error))) / found.size
        _, exponent = np.frexp(np.abs(wanted).max())
        noise = float(np.sum(np.square(np.ldexp(error, -exponent))))
        signal = float(np.sum(np.square(np.ldexp(wanted, -exponent))))
        sqnr = _decibel(signal, noise)
        return Errors(
            mse=mse,
            max_abs=float(error.max()),
            mean_abs=float(error.mean()),
            max_rel=float(relative.max(initial=0.0)),
            mean_rel=float(relative.mean()) if relative.size else 0.0,
            max_ulp=float("nan") if ulp is None else float((error / ulp).max()),
            sqnr_db=sqnr,
            digits=sqnr / 20,
        )


def _decibel(signal: float, noise: float) -> float:
    if noise == 0:
        return float("inf")
    if signal == 0 or not np.isfinite(noise):
        return float("-inf")
    return float(10 * np.log10(signal / noise))
