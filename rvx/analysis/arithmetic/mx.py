"""Sums of the MX dot product: microscaling blocks, and FP8 with one scale per tensor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic.base import Encoded, Raw, Reals, check_finite
from rvx.analysis.arithmetic.single import SingleResults
from rvx.formats.block import scaled
from rvx.formats.block.mx import array, golden
from rvx.formats.block.mx.format import SCALE_BIAS, Mx
from rvx.formats.integer.array import pad
from rvx.formats.minifloat.format import Minifloat

WORD_BYTES = 8


class Blocks(SingleResults):
    """A microscaling format; binary32 sums, rounded once per 64-bit word of elements.

    Args:
        fmt: the format of both operands; a step of the kernel is a block.
    """

    def __init__(self, fmt: Mx) -> None:
        self.fmt = fmt
        self.lanes = fmt.block

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (self.fmt.name,)

    def encode(self, x: Reals) -> Encoded:
        """A power of two per block, elements clamped (MX 1.0, 6.3)."""
        tensor = array.quantise(check_finite(x), self.fmt)
        packed = array.pack(tensor)
        return Encoded(
            (tensor.codes.astype(np.int64), tensor.scales.astype(np.int64)),
            (packed.codes, packed.scales),
            tensor.dequantise(),
        )

    def requantise(self, x: npt.NDArray[np.float32]) -> Encoded:
        """The same: but for the rounding of elements, nothing is rounded."""
        return self.encode(x.astype(np.float64))

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """The sums, which the kernel stores as they are."""
        return golden.matmul(self._tensor(a), self._tensor(b)).astype(np.float32)

    def _tensor(self, x: Encoded) -> array.MxTensor:
        codes, scales = (part.astype(np.uint8) for part in x.parts)
        return array.MxTensor(codes, scales, codes.shape[-1], self.fmt)


class ScaledWords(SingleResults):
    """FP8 with one scale per tensor; binary32 sums, rounded once per 8 elements, then scaled.

    Args:
        element: the format of both operands.
    """

    lanes = WORD_BYTES

    def __init__(self, element: Minifloat) -> None:
        self.element = element
        self.fmt = Mx(f"words of {element.name}", element, WORD_BYTES)

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (self.element.name,)

    def encode(self, x: Reals) -> Encoded:
        """The largest magnitude becomes the largest finite number."""
        return self._encode(check_finite(x))

    def requantise(self, x: npt.NDArray[np.float32]) -> Encoded:
        """The same with quotients in binary32."""
        return self._encode(x)

    def _encode(self, x: Reals | npt.NDArray[np.float32]) -> Encoded:
        tensor = scaled.quantise(x, self.element)
        codes = pad(np.asarray(tensor.codes, np.uint8), self.lanes)
        scale = float(tensor.scale.reshape(()))
        return Encoded((codes.astype(np.int64),), (codes,), tensor.dequantise(), scale)

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """The sums with both block scales 1, times the scales of the tensors in binary32."""
        sums = golden.matmul(self._tensor(a), self._tensor(b)).astype(np.float32)
        return sums * np.float32(self.output_scale(a, b))

    def _tensor(self, x: Encoded) -> array.MxTensor:
        codes = x.parts[0].astype(np.uint8)
        scales = np.full((*codes.shape[:-1], codes.shape[-1] // self.lanes), SCALE_BIAS, np.uint8)
        return array.MxTensor(codes, scales, codes.shape[-1], self.fmt)
