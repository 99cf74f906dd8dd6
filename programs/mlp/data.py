"""Operands of the perceptron, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import functions

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]
STEP = 8
MOST = 1 << 15
"""Elements of a row between the products, which is on the stack."""


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """X (M, D), then A (H, D) and B (D, H), as a row each, drawn in this order."""
    return uniform(p["M"], p["D"]), uniform(2, p["H"] * p["D"])


def operands(x: Reals, pair: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them, which is as they are drawn."""
    return x, pair


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """mlp(a, pair, c, shape, constants)."""
    fmt = functions.sums_format(call.numbers)
    table = functions.gelu_constants(fmt)
    shape = np.array([p["M"], p["H"], p["D"]], np.int64)
    constants = call.place(functions.in_memory(fmt, table))
    return call.a, call.b, call.c, call.place(shape), constants


def output_shape(p: Parameters) -> tuple[int, ...]:
    """C (M, D).

    Raises:
        ValueError: a row is no multiple of the elements of a step, or too long for the stack.
    """
    for name in ("H", "D"):
        if p[name] % STEP:
            raise ValueError(f"{name}={p[name]} is no multiple of {STEP}, the elements of a step")
    if p["H"] > MOST:
        raise ValueError(f"H={p['H']} is above {MOST}: a row of them is on the stack")
    return p["M"], p["D"]


def macs(p: Parameters) -> int:
    """Multiply-accumulates of both products."""
    return 2 * p["M"] * p["H"] * p["D"]
