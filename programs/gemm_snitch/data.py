"""Operands of the matrix product, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]
COLUMNS = 8


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """A (M, K) and B (K, N), drawn in this order."""
    return uniform(p["M"], p["K"]), uniform(p["K"], p["N"])


def operands(a: Reals, b: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: reduced along the last axis, so B is transposed."""
    return a, np.ascontiguousarray(b.T)


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """gemm(a, bt, c, m, n, k), k with the filling."""
    return call.a, call.b, call.c, p["M"], p["N"], call.length


def output_shape(p: Parameters) -> tuple[int, ...]:
    """C (M, N).

    Raises:
        ValueError: N is no multiple of the columns that are computed together.
    """
    if p["N"] % COLUMNS:
        raise ValueError(f"N={p['N']} is no multiple of {COLUMNS}, the columns of a tile")
    return p["M"], p["N"]


def macs(p: Parameters) -> int:
    """Multiply-accumulates of the mathematical product, without any filling."""
    return p["M"] * p["N"] * p["K"]
