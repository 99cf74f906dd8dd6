"""Choosing the scale of an integer format for a tensor: max, percentile and least squares."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from rvx.formats.integer.array import Quantised, Reals, as_reals, extent, quantise
from rvx.formats.integer.format import Integer

Method = Literal["max", "percentile", "mse"]
METHODS: tuple[Method, ...] = ("max", "percentile", "mse")

MSE_CANDIDATES = 128


def scale_of(
    x: npt.ArrayLike,
    fmt: Integer,
    channel: int | None = None,
    method: Method = "max",
    percentile: float = 99.9,
) -> Reals:
    """The scale, or one scale per channel, for quantising a tensor.

    The range kept, alpha, becomes the largest code: scale = alpha / limit (VS-Quant eq. 1).
    `max` keeps everything; `percentile` keeps that part of the elements; `mse` tries
    alpha = k/128 of the maximum for k = 1..128 and keeps the one of least squared error (the
    largest such alpha, should there be several).

    Args:
        x: the tensor.
        fmt: the integer format.
        channel: the axis with one scale per index; one scale for all if None.
        method: how to choose the range.
        percentile: for that method, in percent.

    Returns:
        An array that broadcasts against x; 0 where all elements are 0.

    Raises:
        ValueError: unknown method, a percentile outside 0..100, or x is empty or not finite.
    """
    reals = as_reals(x, fmt.name)
    if reals.size == 0:
        raise ValueError("an empty tensor has no range to calibrate")
    axes = None if channel is None else tuple(_other_axes(reals.ndim, channel))
    size = extent(reals, fmt)
    if method == "max":
        alpha = size.max(axis=axes, keepdims=True)
    elif method == "percentile":
        if not 0 <= percentile <= 100:
            raise ValueError(f"the percentile {percentile} is not between 0 and 100")
        alpha = np.percentile(size, percentile, axis=axes, keepdims=True).astype(reals.dtype)
    elif method == "mse":
        alpha = _least_squares(reals, size.max(axis=axes, keepdims=True), axes, fmt)
    else:
        raise ValueError(f"{method!r} is not a calibration method; use {', '.join(METHODS)}")
    return np.asarray(alpha / alpha.dtype.type(fmt.limit))


def _other_axes(dimensions: int, channel: int) -> list[int]:
    if not -dimensions <= channel < dimensions:
        raise ValueError(f"a tensor of {dimensions} axes has no channel axis {channel}")
    return [axis for axis in range(dimensions) if axis != channel % dimensions]


def _least_squares(x: Reals, largest: Reals, axes: tuple[int, ...] | None, fmt: Integer) -> Reals:
    best = largest
    least = np.full(largest.shape, np.inf)
    for step in range(MSE_CANDIDATES, 0, -1):
        alpha = largest * x.dtype.type(step / MSE_CANDIDATES)
        scale = alpha / x.dtype.type(fmt.limit)
        error = x - quantise(x, scale, fmt).astype(x.dtype) * scale
        squares = np.square(error, dtype=np.float64).sum(axis=axes, keepdims=True)
        best = np.where(squares < least, alpha, best)
        least = np.minimum(least, squares)
    return best


def quantise_tensor(
    x: npt.ArrayLike,
    fmt: Integer,
    channel: int | None = None,
    method: Method = "max",
    percentile: float = 99.9,
) -> Quantised:
    """Calibrates and quantises; the arguments are those of `scale_of`."""
    scale = scale_of(x, fmt, channel, method, percentile)
    return Quantised(quantise(x, scale, fmt), scale, fmt)
