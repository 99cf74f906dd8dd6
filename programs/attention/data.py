"""Operands of attention, and the registers of a call."""

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
    """Queries (M, D), then keys and values (2, L, D), drawn in this order."""
    return uniform(p["M"], p["D"]), uniform(2, p["L"], p["D"])


def operands(queries: Reals, pair: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: keys by rows, and values by columns behind them."""
    return queries, np.stack([pair[0].reshape(-1), pair[1].T.reshape(-1)])


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """attention(a, pair, c, shape, constants)."""
    fmt = functions.sums_format(call.numbers)
    table = functions.softmax_constants(fmt, p["D"] ** -0.5)
    shape = np.array([p["M"], p["L"], p["D"]], np.int64)
    constants = call.place(functions.in_memory(fmt, table))
    return call.a, call.b, call.c, call.place(shape), constants


def output_shape(p: Parameters) -> tuple[int, ...]:
    """C (M, D).

    Raises:
        ValueError: a row is no multiple of the elements of a step, or too long for the stack.
    """
    for name in ("L", "D"):
        if p[name] % STEP:
            raise ValueError(f"{name}={p[name]} is no multiple of {STEP}, the elements of a step")
    if p["L"] > MOST:
        raise ValueError(f"L={p['L']} is above {MOST}: a row of them is on the stack")
    return p["M"], p["D"]


def macs(p: Parameters) -> int:
    """Multiply-accumulates of both products."""
    return 2 * p["M"] * p["L"] * p["D"]
