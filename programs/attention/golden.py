"""What attention must be."""

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
    return functions.exact_softmax(a @ first.T * p["D"] ** -0.5) @ second.T


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, a: Encoded, pair: Encoded
) -> npt.NDArray[Any]:
    """The result as the kernel computes it."""
    fmt = functions.sums_format(arithmetic)
    return functions.two_products(
        arithmetic, a, pair, lambda rows: functions.softmax(fmt, rows, p["D"] ** -0.5)
    )
