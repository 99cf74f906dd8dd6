"""The loop nest that the reference of every floating-point and posit kernel has."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from rvx import jit
from rvx.analysis.arithmetic.base import Codes

Step = Callable[[Any, Any, int, int, Any], None]
"""step(a, b, i, j, state): takes the codes from a[i] and b[j] on into the sums."""
Ending = Callable[[Any], int]
"""ending(state): the code of the result."""

_SIGNATURE = "void(int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, int64, int64)"


@cache
def _compiled(step: Step, ending: Ending) -> jit.Exported:
    def sweep(
        a: Any, b: Any, c: Any, state: Any, rows: int, columns: int, length: int, lanes: int
    ) -> None:
        for row in range(rows):
            for column in range(columns):
                for i in range(state.size):
                    state[i] = 0
                for k in range(0, length, lanes):
                    step(a, b, row * length + k, column * length + k, state)
                c[row * columns + column] = ending(state)

    return jit.export(sweep, _SIGNATURE)


@cache
def _compiled_multiply_add(step: Step, ending: Ending) -> jit.Exported:
    def sweep(factor: Any, x: Any, y: Any, state: Any, size: int) -> None:
        for i in range(size):
            state[0] = y[i]
            step(factor, x, 0, i, state)
            y[i] = ending(state)

    return jit.export(sweep, "void(int64[::1], int64[::1], int64[::1], int64[::1], int64)")


def multiply_add(step: Step, ending: Ending, factor: Codes, x: Codes, y: Codes) -> Codes:
    """factor x + y, element by element: one step of one product from the sum y on.

    Args:
        step: takes one product into the state, which is one sum.
        ending: makes the result of the state.
        factor: one code.
        x: codes.
        y: codes, of the same shape.
    """
    left, right, sums = (
        np.require(part, np.int64, ["C", "W"]).reshape(-1) for part in (factor, x, y.copy())
    )
    _compiled_multiply_add(step, ending)(left, right, sums, np.zeros(1, np.int64), sums.size)
    return sums.reshape(y.shape)


def matmul(step: Step, ending: Ending, a: Codes, b: Codes, lanes: int, words: int) -> Codes:
    """The product a b^T, every element one pass along the last axis.

    Args:
        step: takes `lanes` elements of both operands into the state.
        ending: makes the result of the state.
        a: codes, shape (rows, length).
        b: codes, shape (columns, length); length is a multiple of `lanes`.
        lanes: elements a step.
        words: size of the state, which begins as zeros.

    Returns:
        Codes of shape (rows, columns).
    """
    rows, length = a.shape
    columns = b.shape[0]
    if b.shape[1] != length or length % lanes:
        raise ValueError(
            f"rows of {length} and {b.shape[1]} elements must be equal and multiples of {lanes}"
        )
    c = np.zeros(rows * columns, np.int64)
    left, right = (np.require(x, np.int64, ["C", "W"]).reshape(-1) for x in (a, b))
    _compiled(step, ending)(left, right, c, np.zeros(words, np.int64), rows, columns, length, lanes)
    return c.reshape(rows, columns)
