"""What kernels must be that are one matrix product, such as gemm, gemv and dot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.arithmetic.base import Raw
from rvx.analysis.dot import matmul

Reals = npt.NDArray[np.float64]


def golden(p: Mapping[str, int], a: Reals, bt: Reals) -> Reals:
    """a bt^T in float64, as accurate as if computed with twice the precision."""
    return matmul(a, bt)


def reference(p: Mapping[str, int], arithmetic: Arithmetic, a: Encoded, bt: Encoded) -> Raw:
    """a bt^T as a kernel computes it: every element is one pass along the last axis."""
    return np.asarray(arithmetic.product(a, bt))
