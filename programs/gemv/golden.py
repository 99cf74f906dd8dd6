"""What the product of a matrix and a vector must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.dot import matmul

Reals = npt.NDArray[np.float64]


def golden(p: Mapping[str, int], x: Reals, a: Reals) -> Reals:
    """y in float64, as accurate as if computed with twice the precision."""
    return matmul(x, a)


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, x: Encoded, a: Encoded
) -> npt.NDArray[Any]:
    """y as the kernel computes it: every element is one pass along k."""
    return np.asarray(arithmetic.product(x, a))
