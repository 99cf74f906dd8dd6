"""Operands of the softmax, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import functions

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]
STEP = 4
FOURFOLD = (1 / 8, -8, -np.inf, 1 / 6, 1 / 2, 1)
"""Constants in binary16, in all four lanes of a register each."""


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """Rows (M, N), and the bias (1, N), drawn in this order."""
    return uniform(p["M"], p["N"]), uniform(1, p["N"])


def operands(x: Reals, bias: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them, which is as they are drawn."""
    return x, bias


def constants(numbers: Any) -> npt.NDArray[np.int64]:
    """Six registers of four lanes, then 1 in binary32, then what vectors need."""
    lanes = np.repeat(np.array(FOURFOLD, np.float16), STEP).view(np.int64)
    one = np.array([1, 0], np.float32).view(np.int64)
    fmt = functions.sums_format(numbers)
    vectors = functions.in_memory(fmt, functions.constants(fmt)).view(np.int64)
    return np.concatenate([lanes, one, vectors])


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """softmax(x, bias, y, m, bytes, constants)."""
    return call.a, call.b, call.c, p["M"], call.pitch, call.place(constants(call.numbers))


def output_shape(p: Parameters) -> tuple[int, ...]:
    """Y (M, N).

    Raises:
        ValueError: N is no multiple of the elements of a step.
    """
    if p["N"] % STEP:
        raise ValueError(f"N={p['N']} is no multiple of {STEP}, the elements of a step")
    return p["M"], p["N"]


def macs(p: Parameters) -> int:
    """One for each element, so that the table gives instructions per element."""
    return p["M"] * p["N"]
