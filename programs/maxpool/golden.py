"""What max-pooling must be: the maximum of every window, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.windows import windows as every_window

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]


def windows(p: Parameters, images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The elements that each result is the maximum of.

    Args:
        p: the parameters K and S.
        images: shape (N, H, W, C).

    Returns:
        Shape (N * output rows * output columns * C, K * K).
    """
    return every_window(p, images).reshape(-1, p["K"] * p["K"])


def golden(p: Parameters, images: Reals, nothing: Reals) -> Reals:
    """The result in float64, which is exact."""
    maxima: Reals = windows(p, images).max(axis=-1)
    return maxima


def reference(
    p: Parameters, arithmetic: Arithmetic, images: Encoded, nothing: Encoded
) -> npt.NDArray[Any]:
    """The result as the kernel computes it."""
    return np.asarray(arithmetic.maximum(images.rearranged(partial(windows, p))))
