"""Per-vector scaled quantisation: integer elements, integer scales per vector, a coarse scale."""

from __future__ import annotations

import numpy as np

from rvx.analysis.arithmetic.base import Arithmetic, Encoded, Raw, Reals, check_finite
from rvx.formats.block.vsq import array, golden
from rvx.formats.block.vsq.format import Vsq

BYTE = 8


class PerVector(Arithmetic):
    """VS-Quant elements and scales in the datapath of Keller's accelerator.

    The kernel multiplies the scales of two vectors with sprod8, which drops the lower 8 bits of
    the product. Scales of fewer than 8 bits are shifted up in their byte, by up to 4 bits, so
    that less is lost: nothing at 4 bits.

    Args:
        fmt: the format of both operands, with one coarse scale per tensor.
    """

    output = np.dtype(np.float32)
    has_scales = True

    def __init__(self, fmt: Vsq) -> None:
        self.fmt = fmt
        self.lanes = fmt.vector
        self.up = min(BYTE - fmt.scale_bits, BYTE // 2)
        self.datapath = golden.Datapath(shift=BYTE - 2 * self.up, accumulator="s24")

    def encode(self, x: Reals) -> Encoded:
        """Two-level quantisation with the maximum of the tensor."""
        tensor = array.quantise(check_finite(x), self.fmt)
        packed = array.pack(tensor)
        scales = (packed.scales << self.up).astype(np.uint8)
        return Encoded(
            (tensor.codes, tensor.scales.astype(np.int64)),
            (packed.codes, scales),
            tensor.dequantise(),
            float(tensor.gamma.reshape(())),
        )

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Sums that saturate after every vector, converted and scaled in binary32."""
        sums = golden.matmul(self._tensor(a), self._tensor(b), self.datapath).values
        return sums.astype(np.float32) * np.float32(self.output_scale(a, b))

    def output_scale(self, a: Encoded, b: Encoded) -> float:
        """The coarse scales, and what the rounding of the scale product took off."""
        return a.scale * b.scale * 2.0**self.datapath.shift

    def _tensor(self, x: Encoded) -> array.VsqTensor:
        codes, scales = x.parts
        gamma = np.full((1,) * scales.ndim, x.scale)
        return array.VsqTensor(codes, scales, gamma, codes.shape[-1], self.fmt)

    def decode(self, raw: Raw) -> Reals:
        """The results are binary32 already."""
        return raw.astype(np.float64)

    def ulp(self, values: Reals) -> Reals:
        """Spacing of binary32."""
        return np.spacing(np.abs(values).astype(np.float32)).astype(np.float64)
