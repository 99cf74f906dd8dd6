"""What arithmetics whose results are binary32 have in common."""

from __future__ import annotations

import numpy as np

from rvx.analysis.arithmetic.base import Arithmetic, Raw, Reals


class SingleResults(Arithmetic):
    """Results in binary32, scaled by the kernel."""

    output = np.dtype(np.float32)
    has_scales = True

    def decode(self, raw: Raw) -> Reals:
        """The results are binary32 already."""
        return raw.astype(np.float64)

    def ulp(self, values: Reals) -> Reals:
        """Spacing of binary32."""
        return np.spacing(np.abs(values).astype(np.float32)).astype(np.float64)
