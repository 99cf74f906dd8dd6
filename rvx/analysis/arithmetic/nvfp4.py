"""NVFP4: exact sums of 16 products, scaled and added up in binary32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic.base import Encoded, Raw, Reals, check_finite
from rvx.analysis.arithmetic.single import SingleResults
from rvx.formats.block.nvfp4 import NVFP4, array
from rvx.formats.block.nvfp4.rules import TORCHAO_0_15, TORCHAO_0_17, Rule
from rvx.formats.minifloat.array.codes import decode


class TwoLevels(SingleResults):
    """E2M1 elements with an E4M3 scale per 16 of them, one fused multiply-add a vector.

    The sum of 16 products is a multiple of 1/4 below 2^10, and a product of two scales has 8
    significant bits: their product is exact in binary32, so that only the addition rounds.

    Args:
        rule: of the library by which numbers become codes.
    """

    lanes = NVFP4.block

    def __init__(self, rule: Rule = TORCHAO_0_17) -> None:
        self.rule = rule

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return ("NVFP4",)

    def encode(self, x: Reals) -> Encoded:
        """Block scales relative to a binary32 scale of the tensor."""
        return self._encode(check_finite(x), self.rule)

    def requantise(self, x: npt.NDArray[np.float32]) -> Encoded:
        """By the rule that divides, as the machine does."""
        return self._encode(x, TORCHAO_0_15)

    def _encode(self, x: Reals | npt.NDArray[np.float32], rule: Rule) -> Encoded:
        tensor = array.quantise(x, rule=rule)
        packed = array.pack(tensor)
        return Encoded(
            (tensor.codes.astype(np.int64), tensor.scales.astype(np.int64)),
            (packed.codes, packed.scales),
            tensor.dequantise(),
            float(tensor.tensor_scale),
        )

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Vectors in ascending order, then the scales of the tensors."""
        (x, s), (y, t) = (self._numbers(operand) for operand in (a, b))
        sums = np.zeros((len(x), len(y)), np.float32)
        for vector in range(s.shape[1]):
            exact = x[:, vector] @ y[:, vector].T
            sums += (exact * np.outer(s[:, vector], t[:, vector])).astype(np.float32)
        return sums * np.float32(self.output_scale(a, b))

    def _numbers(self, x: Encoded) -> tuple[Reals, Reals]:
        codes, scales = x.parts
        elements = decode(NVFP4.element, codes).reshape(len(codes), -1, self.lanes)
        return elements, decode(NVFP4.scale, scales)
