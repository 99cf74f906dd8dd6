"""What the convolution must be: a matrix product of windows and filters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.dot import matmul
from rvx.analysis.windows import windows as every_window

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def windows(p: Parameters, images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Every window as a row: rows, columns and channels of the filter in this order.

    Args:
        p: the parameters K and S.
        images: shape (N, H, W, channels).

    Returns:
        Shape (N * output rows * output columns, K * K * channels).
    """
    rows = np.moveaxis(every_window(p, images), 3, -1)
    return rows.reshape(-1, p["K"] * p["K"] * images.shape[-1]).copy()


def filter_rows(filters: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Every filter as a row, in the order of the windows."""
    return filters.reshape(filters.shape[0], -1)


def golden(p: Parameters, images: Reals, filters: Reals) -> Reals:
    """The result in float64, as accurate as if computed with twice the precision."""
    rows = matmul(windows(p, images), filter_rows(filters))
    return rows.reshape(images.shape[0], -1, filters.shape[0])


def reference(
    p: Parameters, arithmetic: Arithmetic, images: Encoded, filters: Encoded
) -> npt.NDArray[Any]:
    """The result as the kernel computes it: every element is one pass over its window."""
    a = images.rearranged(partial(windows, p))
    b = filters.rearranged(filter_rows)
    return np.asarray(arithmetic.product(a, b))
