"""Operands of the dot product, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """x and y, of K elements each, drawn in this order."""
    return uniform(1, p["K"]), uniform(1, p["K"])


def operands(x: Reals, y: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them."""
    return x, y


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """dot(x, y, result, k), k with the filling."""
    return call.a, call.b, call.c, call.length


def output_shape(p: Parameters) -> tuple[int, ...]:
    """One number."""
    return (1,)


def macs(p: Parameters) -> int:
    """Multiply-accumulates, without any filling."""
    return p["K"]
