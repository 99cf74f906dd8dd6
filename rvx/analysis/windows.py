"""Windows of images, as kernels that slide over them have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def channels_last(x: Array) -> Array:
    """The tensor with its second axis, the channels, at the end."""
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def windows(p: Mapping[str, int], images: Array) -> Array:
    """All windows of K by K pixels, S pixels apart.

    Args:
        p: the parameters K and S.
        images: shape (N, H, W, channels).

    Returns:
        A view of shape (N, output rows, output columns, channels, K, K).
    """
    every = np.lib.stride_tricks.sliding_window_view(images, (p["K"], p["K"]), axis=(1, 2))
    return every[:, :: p["S"], :: p["S"]]


def output_size(p: Mapping[str, int], what: str) -> tuple[int, int]:
    """Rows and columns of the result.

    Args:
        p: the parameters H, W, K and S.
        what: K by K pixels are called, in a sentence.

    Raises:
        ValueError: they are larger than the image.
    """
    if p["K"] > min(p["H"], p["W"]):
        raise ValueError(
            f"a {what} of {p['K']} by {p['K']} (K) does not fit an image of "
            f"{p['H']} by {p['W']} (H, W)"
        )
    rows, columns = ((p[size] - p["K"]) // p["S"] + 1 for size in ("H", "W"))
    return rows, columns
