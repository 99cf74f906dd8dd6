"""Operands of axpy, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """x and y, of N elements each, drawn in this order."""
    return uniform(p["N"]), uniform(p["N"])


def scalars(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals]:
    """The factor, which is drawn last."""
    return (uniform(1),)


def operands(x: Reals, y: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them."""
    return x, y


def arguments(p: Parameters, call: Any) -> Sequence[Any]:
    """axpy(x, y, z, n, alpha)."""
    return call.a, call.b, call.c, p["N"], *call.scalars


def output_shape(p: Parameters) -> tuple[int, ...]:
    """z (N,)."""
    return (p["N"],)


def macs(p: Parameters) -> int:
    """A multiplication and an addition an element."""
    return p["N"]
