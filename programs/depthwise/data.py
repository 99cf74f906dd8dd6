"""Operands of the depthwise convolution, and the registers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.windows import channels_last, output_size

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def inputs(p: Parameters, uniform: Callable[..., Reals]) -> tuple[Reals, Reals]:
    """Images (N, C, H, W) and filters (1, C, K, K), drawn in this order."""
    images = uniform(p["N"], p["C"], p["H"], p["W"])
    filters = uniform(1, p["C"], p["K"], p["K"])
    return images, filters


def operands(images: Reals, filters: Reals) -> tuple[Reals, Reals]:
    """As the kernel stores them: channels last, (N, H, W, C) and (1, K, K, C)."""
    return channels_last(images), channels_last(filters)


def arguments(p: Parameters, call: Any) -> Sequence[int]:
    """depthwise(x, filters, y, shape), where c of the shape is the bytes of a pixel."""
    sizes = [p["N"], p["H"], p["W"], call.pitch, p["K"], p["S"]]
    return call.a, call.b, call.c, call.place(np.array(sizes, np.int64))


def output_shape(p: Parameters) -> tuple[int, ...]:
    """The result (N, rows, columns, C), channels last.

    Raises:
        ValueError: the filter is larger than the image.
    """
    return p["N"], *output_size(p, "filter"), p["C"]


def macs(p: Parameters) -> int:
    """Multiply-accumulates."""
    return int(np.prod(output_shape(p))) * p["K"] * p["K"]
