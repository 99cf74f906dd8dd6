"""What the perceptron of a transformer must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded, functions

Reals = npt.NDArray[np.float64]


def golden(p: Mapping[str, int], a: Reals, pair: Reals) -> Reals:
    """The result in float64."""
    first, second = functions.halves(pair, p["D"])
    return functions.exact_gelu(a @ first.T) @ second.T


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, a: Encoded, pair: Encoded
) -> npt.NDArray[Any]:
    """The result as the kernel computes it."""
    fmt = functions.sums_format(arithmetic)
    return functions.two_products(arithmetic, a, pair, lambda rows: functions.gelu(fmt, rows))
