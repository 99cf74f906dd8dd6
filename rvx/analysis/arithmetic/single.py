"""What arithmetics whose results are binary32 have in common."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic.base import Arithmetic, Encoded, Raw, Reals


class SingleResults(Arithmetic):
    """Results in binary32, scaled by the kernel."""

    output = np.dtype(np.float32)
    has_scales = True

    def decode(self, raw: Raw) -> Reals:
        """The results are binary32 already."""
        return raw.astype(np.float64)

    @abstractmethod
    def requantise(self, x: npt.NDArray[np.float32]) -> Encoded:
        """Results as operands of a further product, as `programs/quantise` makes them so."""

    def ulp(self, values: Reals) -> Reals:
        """Spacing of binary32."""
        return np.spacing(np.abs(values).astype(np.float32)).astype(np.float64)
