"""The operand of GELU, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import functions

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """x, of N elements, and no second operand."""
    return uniform(p["N"]), np.empty((0, 1))


def operands(x: Reals, nothing: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them."""
    return x, nothing


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """gelu(x, y, n, constants)."""
    fmt = functions.sums_format(call.numbers)
    table = functions.in_memory(fmt, functions.gelu_constants(fmt))
    return call.a, call.c, p["N"], call.place(table)


def output_shape(p: Parameters) -> tuple[int, ...]:
    """y (N,)."""
    return (p["N"],)


def macs(p: Parameters) -> int:
    """One for each element, so that the table gives instructions per element."""
    return p["N"]
