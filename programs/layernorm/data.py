"""Operands of the layer normalisation, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import functions

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]
EPSILON = 1e-5
STEP = 8


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """Rows (M, N), and the weights and offsets (2, N), drawn in this order."""
    return uniform(p["M"], p["N"]), uniform(2, p["N"])


def operands(x: Reals, weights: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them, which is as they are drawn."""
    return x, weights


def constants(p: Parameters, numbers: Any) -> npt.NDArray[Any]:
    """1 / N, epsilon and 1, in the format of sums."""
    sums = functions.sums_format(numbers)
    return np.array([1 / p["N"], EPSILON, 1], f"f{sums.bits // 8}")


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """layernorm(x, weights, y, m, bytes, constants)."""
    return call.a, call.b, call.c, p["M"], call.pitch, call.place(constants(p, call.numbers))


def output_shape(p: Parameters) -> tuple[int, ...]:
    """Y (M, N).

    Raises:
        ValueError: N is no multiple of the elements of a step.
    """
    if p["N"] % STEP:
        raise ValueError(f"N={p['N']} is no multiple of {STEP}, the elements of a step")
    return p["M"], p["N"]


def macs(p: Parameters) -> int:
    """One for each element, so that the table gives instructions per element."""
    return p["M"] * p["N"]
