"""Integer elements with one scale per tensor, summed exactly in 32 bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic.base import Encoded, Raw, Reals, check_finite
from rvx.analysis.arithmetic.single import SingleResults
from rvx.formats.integer import array
from rvx.formats.integer.calibrate import quantise_tensor
from rvx.formats.integer.format import INT4, INT8, Integer

WORD_BITS = 64


class PerTensor(SingleResults):
    """Symmetric integer quantisation, max calibration; y = float32(scale) * float32(sum).

    Args:
        fmt: the integer format; a step of the kernel is a 64-bit register full of codes.
    """

    def __init__(self, fmt: Integer) -> None:
        self.fmt = fmt
        self.lanes = WORD_BITS // fmt.bits

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (self.fmt.name,)

    def encode(self, x: Reals) -> Encoded:
        """One scale for all elements, so that the largest one becomes the largest code.

        Of no elements, as kernels of one operand have them for the second, it is 1.
        """
        reals = check_finite(x)
        if reals.size == 0:
            return Encoded((reals.astype(np.int64),), (reals.astype(np.int8),), reals)
        quantised = quantise_tensor(reals, self.fmt)
        codes = array.pad(quantised.codes, self.lanes)
        memory = array.pack(codes, self.fmt, self.lanes)
        return Encoded(
            (codes,), (memory,), quantised.dequantise(), float(quantised.scale.reshape(()))
        )

    def requantise(self, x: npt.NDArray[np.float32]) -> Encoded:
        """One scale for all elements, in binary32."""
        made = array.quantise_on_machine(x, self.fmt)
        return Encoded((made.codes,), (), made.dequantise(), float(made.scale))

    def maximum(self, a: Encoded) -> Raw:
        """Maxima of codes, converted and scaled in binary32."""
        maxima: Raw = a.parts[0].max(axis=-1).astype(np.float32) * np.float32(a.scale)
        return maxima

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Exact sums modulo 2^32, converted and scaled in binary32."""
        sums = array.matmul(a.parts[0], b.parts[0])
        return sums.astype(np.float32) * np.float32(self.output_scale(a, b))


class TernaryWeights(PerTensor):
    """INT8 by weights of -1, 0 and 1, each in a nibble; one scale per tensor.

    The scale of weights is the mean of their magnitudes, and they are rounded to the nearest of the
    three (Ma et al., "The Era of 1-bit LLMs", arXiv 2402.17764, eq. 1 to 3).
    """

    def __init__(self) -> None:
        super().__init__(INT8)
        self.lanes = WORD_BITS // INT4.bits

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (INT8.name, "ternary")

    def encode_weights(self, x: Reals) -> Encoded:
        """Rounded to the nearest of minus the mean magnitude, 0 and the mean magnitude."""
        reals = check_finite(x)
        scale = float(np.mean(np.abs(reals)))
        ternary = array.quantise(reals, scale, Integer(INT4.bits, limit=1))
        codes = array.pad(ternary, self.lanes)
        memory = array.pack(codes, INT4, self.lanes)
        return Encoded((codes,), (memory,), ternary * np.float64(scale), scale)
