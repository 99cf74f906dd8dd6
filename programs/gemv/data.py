"""Operands of the product of a matrix and a vector, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """x (1, K) and A (M, K), drawn in this order."""
    return uniform(1, p["K"]), uniform(p["M"], p["K"])


def operands(x: Reals, a: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: both are reduced along the last axis."""
    return x, a


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """gemv(x, a, y, m, k), k with the filling."""
    return call.a, call.b, call.c, p["M"], call.length


def output_shape(p: Parameters) -> tuple[int, ...]:
    """y (M,)."""
    return (p["M"],)


def macs(p: Parameters) -> int:
    """Multiply-accumulates, without any filling."""
    return p["M"] * p["K"]
