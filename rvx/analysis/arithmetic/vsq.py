"""Per-vector scaled quantisation: integer elements, integer scales per vector, a coarse scale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic.base import Encoded, Raw, Reals, check_finite
from rvx.analysis.arithmetic.single import SingleResults
from rvx.formats.block.vsq import array, golden
from rvx.formats.block.vsq.format import Vsq

BYTE = 8


class PerVector(SingleResults):
    """VS-Quant elements and scales in the datapath of Keller's accelerator.

    The kernel multiplies the scales of two vectors with sprod8, which drops the lower 8 bits of
    the product. Scales of fewer than 8 bits are shifted up in their byte, by up to 4 bits, so
    that less is lost: nothing at 4 bits.

    Args:
        fmt: the format of the first operand, with one coarse scale per tensor.
        weights: that of the second one, if it is another.
        datapath: of a kernel that takes the scales as they are.
    """

    def __init__(
        self, fmt: Vsq, weights: Vsq | None = None, datapath: golden.Datapath | None = None
    ) -> None:
        self.fmt = fmt
        self.weights = weights or fmt
        self.lanes = fmt.vector
        self.up = 0 if datapath else min(BYTE - fmt.scale_bits, BYTE // 2)
        self.datapath = datapath or golden.Datapath(shift=BYTE - 2 * self.up, accumulator="s24")

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return tuple(dict.fromkeys(one.element.name for one in (self.fmt, self.weights)))

    def encode(self, x: Reals) -> Encoded:
        """Two-level quantisation with the maximum of the tensor."""
        return self._encode(x, self.fmt)

    def encode_weights(self, x: Reals) -> Encoded:
        """The same for the second operand."""
        return self._encode(x, self.weights)

    def _encode(self, x: Reals, fmt: Vsq) -> Encoded:
        tensor = array.quantise(check_finite(x), fmt)
        packed = array.pack(tensor)
        scales = (packed.scales << self.up).astype(packed.scales.dtype)
        return Encoded(
            (tensor.codes, tensor.scales.astype(np.int64)),
            (packed.codes, scales),
            tensor.dequantise(),
            float(tensor.gamma.reshape(())),
        )

    def requantise(self, x: npt.NDArray[np.float32]) -> Encoded:
        """Two-level quantisation in binary32."""
        made = array.quantise_on_machine(x, self.fmt)
        parts = (made.codes, made.scales.astype(np.int64))
        return Encoded(parts, (), made.dequantise(), float(made.gamma.reshape(())))

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Sums that saturate after every vector, converted and scaled in binary32."""
        left, right = self._tensor(a, self.fmt), self._tensor(b, self.weights)
        sums = golden.matmul(left, right, self.datapath).values
        return sums.astype(np.float32) * np.float32(self.output_scale(a, b))

    def output_scale(self, a: Encoded, b: Encoded) -> float:
        """The coarse scales, and what the rounding of the scale product took off."""
        return a.scale * b.scale * 2.0**self.datapath.shift

    def _tensor(self, x: Encoded, fmt: Vsq) -> array.VsqTensor:
        codes, scales = x.parts
        gamma = np.full((1,) * scales.ndim, x.scale)
        return array.VsqTensor(codes, scales, gamma, codes.shape[-1], fmt)
