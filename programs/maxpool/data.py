"""The operand of max-pooling, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.windows import channels_last, output_size

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """Images (N, C, H, W), and no second operand."""
    return uniform(p["N"], p["C"], p["H"], p["W"]), np.empty((0, 1))


def operands(images: Reals, nothing: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: channels last, (N, H, W, C)."""
    return channels_last(images), nothing


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """maxpool(x, y, shape), where c of the shape is the bytes of a pixel."""
    sizes = [p["N"], p["H"], p["W"], call.pitch, p["K"], p["S"]]
    return call.a, call.c, call.place(np.array(sizes, np.int64))


def output_shape(p: Parameters) -> tuple[int, ...]:
    """The result (N, rows, columns, C), channels last.

    Raises:
        ValueError: the window is larger than the image.
    """
    return p["N"], *output_size(p, "window"), p["C"]


def macs(p: Parameters) -> int:
    """Elements that are compared, which take the place of multiply-accumulates."""
    return int(np.prod(output_shape(p))) * p["K"] * p["K"]
