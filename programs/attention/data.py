"""Operands of attention, and the registers of a call."""

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
    """Queries (M, D), then keys and values (2, L, D), drawn in this order."""
    return uniform(p["M"], p["D"]), uniform(2, p["L"], p["D"])


def operands(queries: Reals, pair: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: keys by rows, and values by columns behind them."""
    return queries, np.stack([pair[0].reshape(-1), pair[1].T.reshape(-1)])


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """attention(a, pair, c, shape, constants)."""

    def table(fmt: Any) -> Any:
        return functions.softmax_constants(fmt, p["D"] ** -0.5)

    return two_products.arguments(p, "L", table, call)


def output_shape(p: Parameters) -> tuple[int, ...]:
    """C (M, D).

    Raises:
        ValueError: a row is no multiple of the elements of a step, or too long for the stack.
    """
    return two_products.output_shape(p, "L")


def macs(p: Parameters) -> int:
    """Multiply-accumulates of both products."""
    return two_products.macs(p, "L")
