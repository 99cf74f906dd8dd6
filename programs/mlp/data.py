"""Operands of the perceptron, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis import two_products
from rvx.analysis.arithmetic import functions

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """X (M, D), then A (H, D) and B (D, H), as a row each, drawn in this order."""
    return uniform(p["M"], p["D"]), uniform(2, p["H"] * p["D"])


def operands(x: Reals, pair: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them, which is as they are drawn."""
    return x, pair


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """mlp(a, pair, c, shape, constants)."""
    return two_products.arguments(p, "H", functions.gelu_constants, call)


def output_shape(p: Parameters) -> tuple[int, ...]:
    """C (M, D).

    Raises:
        ValueError: a row is no multiple of the elements of a step, or too long for the stack.
    """
    return two_products.output_shape(p, "H")


def macs(p: Parameters) -> int:
    """Multiply-accumulates of both products."""
    return two_products.macs(p, "H")
