"""What GELU must be, in its tanh form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded, functions

Reals = npt.NDArray[np.float64]


def golden(p: Mapping[str, int], x: Reals, nothing: Reals) -> Reals:
    """y in float64."""
    return functions.exact_gelu(x)


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, x: Encoded, nothing: Encoded
) -> npt.NDArray[Any]:
    """y in the kernel's order of operations."""
    wide = functions.widened(arithmetic, x.parts[0])
    found = functions.gelu(functions.sums_format(arithmetic), wide)
    return functions.stored(arithmetic, functions.narrowed(arithmetic, found))
