"""What the depthwise convolution must be: products of windows and filters of every channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.dot import matmul
from rvx.analysis.windows import windows

Parameters = Mapping[str, int]
Reals = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


def channels(p: Parameters, images: Array, filters: Array) -> Iterator[tuple[Array, Array]]:
    """Of every channel the windows, (results, K * K), and the filter, (1, K * K)."""
    every = windows(p, images)
    for c in range(images.shape[-1]):
        yield every[:, :, :, c].reshape(-1, p["K"] ** 2).copy(), filters[..., c].reshape(1, -1)


def golden(p: Parameters, images: Reals, filters: Reals) -> Reals:
    """The result in float64, as accurate as if computed with twice the precision."""
    found = [matmul(rows, one) for rows, one in channels(p, images, filters)]
    return np.concatenate(found, axis=1)


def reference(
    p: Parameters, arithmetic: Arithmetic, images: Encoded, filters: Encoded
) -> npt.NDArray[Any]:
    """The result as the kernel computes it: every element is one pass over its window."""
    found = [
        arithmetic.product(Encoded((rows,), (), rows), Encoded((one,), (), one))
        for rows, one in channels(p, images.parts[0], filters.parts[0])
    ]
    return np.concatenate(found, axis=1)
