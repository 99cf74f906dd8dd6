"""What the dot product must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.dot import matmul

Reals = npt.NDArray[np.float64]


def golden(p: Mapping[str, int], x: Reals, y: Reals) -> Reals:
    """The sum in float64, as accurate as if computed with twice the precision."""
    return matmul(x, y)


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, x: Encoded, y: Encoded
) -> npt.NDArray[Any]:
    """The sum as the kernel computes it, in one pass along k."""
    return np.asarray(arithmetic.product(x, y))
