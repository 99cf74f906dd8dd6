"""What kernels share that are two matrix products with something between them.

Attention and the perceptron take rows (M, D), and a pair of operands of the same size: the first
product gives a row of `middle` elements, which is on the stack, and the second one a row (D).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rvx.analysis.arithmetic import functions
from rvx.analysis.keys import KernelError

STEP = 8
MOST = 1 << 15
"""Elements of a row between the products, which is on the stack."""


def arguments(
    p: Mapping[str, int], middle: str, table: Callable[[Any], Any], call: Any
) -> Sequence[int]:
    """kernel(a, pair, c, shape, constants), and the scales of elements behind that.

    Args:
        p: the sizes.
        middle: the name of the size between the products.
        table: gives the constants of what is between them, by the format of sums.
        call: what registers are made of.

    Raises:
        KernelError: a step of this variant has more elements than rows are multiples of.
    """
    lanes = call.numbers.lanes
    for name in (middle, "D"):
        if p[name] % lanes:
            raise KernelError(
                f"{name}={p[name]} is no multiple of {lanes}, the elements of a step of "
                f"{' by '.join(call.numbers.formats)} with these scales"
            )
    fmt = functions.sums_format(call.numbers)
    shape = np.array([p["M"], p[middle], p["D"]], np.int64)
    constants = call.place(functions.in_memory(fmt, table(fmt)))
    return call.a, call.b, call.c, call.place(shape), constants


def output_shape(p: Mapping[str, int], middle: str) -> tuple[int, ...]:
    """C (M, D).

    Raises:
        ValueError: a row is no multiple of the elements of a step, or too long for the stack.
    """
    for name in (middle, "D"):
        if p[name] % STEP:
            raise ValueError(f"{name}={p[name]} is no multiple of {STEP}, the elements of a step")
    if p[middle] > MOST:
        raise ValueError(f"{middle}={p[middle]} is above {MOST}: a row of them is on the stack")
    return p["M"], p["D"]


def macs(p: Mapping[str, int], middle: str) -> int:
    """Multiply-accumulates of both products."""
    return 2 * p["M"] * p[middle] * p["D"]
