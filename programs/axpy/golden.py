"""What alpha x + y must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded

Reals = npt.NDArray[np.float64]


def golden(p: Mapping[str, int], x: Reals, y: Reals, alpha: Reals) -> Reals:
    """z in float64, where the product is rounded before the sum is."""
    z: Reals = alpha * x + y
    return z


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, x: Encoded, y: Encoded, alpha: Encoded
) -> npt.NDArray[Any]:
    """z as the kernel computes it."""
    return np.asarray(arithmetic.multiply_add(alpha, x, y))
