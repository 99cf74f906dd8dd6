"""How each family of formats stores activations and weights: what the machine must compute.

`activations` are the references of the kernels in `programs/quantise`, in binary32 and in their
order of operations, so that their results can be compared bit for bit. `weights` are made ahead of
time, in float64, with whatever calibration the scheme asks for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded
from rvx.analysis.arithmetic.integer import PerTensor
from rvx.analysis.arithmetic.mx import Blocks, ScaledWords
from rvx.analysis.arithmetic.nvfp4 import TwoLevels
from rvx.analysis.arithmetic.vsq import PerVector
from rvx.formats.block.nvfp4.rules import TORCHAO_0_15
from rvx.formats.block.vsq import array as vsq
from rvx.formats.integer import array as integer
from rvx.formats.integer.calibrate import Method, quantise_tensor
from rvx.formats.integer.format import INT4, INT8, Integer
from rvx.paper.vsq.network import Reals

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """The weights of a layer.

    Attributes:
        encoded: what the kernel multiplies with; its scale undoes what the kernel does not.
        scale: what is left to multiply the results with, one per output.
    """

    encoded: Encoded
    scale: Singles


class Family(ABC):
    """A way to store tensors, with the arithmetic of its kernels.

    Attributes:
        arithmetic: of the kernels.
    """

    arithmetic: Arithmetic

    @abstractmethod
    def activations(self, x: Singles) -> Encoded:
        """The tensor as the quantising kernel leaves it; the last axis is filled up already."""

    @abstractmethod
    def weights(self, w: Reals) -> Weights:
        """The weights of a layer, outputs first, the axis to reduce along last."""


def _per_output(scale: npt.ArrayLike, outputs: int) -> Singles:
    return np.broadcast_to(np.asarray(scale, np.float64).reshape(-1), outputs).astype(np.float32)


class Integers(Family):
    """Integer codes with one scale per tensor of activations.

    Args:
        fmt: of both operands.
        per_channel: whether weights have a scale per output.
        method: how the range of the weights is chosen.
    """

    def __init__(self, fmt: Integer, *, per_channel: bool = False, method: Method = "max") -> None:
        self.fmt = fmt
        self.per_channel = per_channel
        self.method: Method = method
        # INT3 is kept and multiplied as INT4.
        self.arithmetic = PerTensor(INT8 if fmt.bits > 4 else INT4)

    def activations(self, x: Singles) -> Encoded:
        """Codes by a product with the reciprocal of the scale."""
        made = integer.quantise_on_machine(x, self.fmt)
        return self._encoded(made.codes, float(made.scale))

    def weights(self, w: Reals) -> Weights:
        """Codes by division."""
        made = quantise_tensor(w, self.fmt, 0 if self.per_channel else None, self.method)
        return Weights(self._encoded(made.codes, 1.0), _per_output(made.scale, len(w)))

    def _encoded(self, codes: npt.NDArray[np.int64], scale: float) -> Encoded:
        padded = integer.pad(codes, self.arithmetic.lanes)
        values = codes.astype(np.float64) * scale
        return Encoded((padded,), (integer.pack(padded, self.fmt),), values, scale)


class Vectors(Family):
    """VS-Quant in two levels.

    Args:
        arithmetic: has the formats of both operands and the datapath.
    """

    arithmetic: PerVector

    def __init__(self, arithmetic: PerVector) -> None:
        self.arithmetic = arithmetic

    def activations(self, x: Singles) -> Encoded:
        """Codes by a product with the reciprocal of the exact vector scale."""
        made = vsq.quantise_on_machine(x, self.arithmetic.fmt)
        return self._encoded(made, float(made.gamma.reshape(())))

    def weights(self, w: Reals) -> Weights:
        """The paper's order, with a coarse scale per output."""
        fmt = self.arithmetic.weights
        made = vsq.quantise(w, fmt)
        undone = 2.0**-self.arithmetic.datapath.shift
        gamma = made.gamma.reshape(-1) / undone
        return Weights(self._encoded(made, undone), _per_output(gamma, len(w)))

    def _encoded(self, tensor: vsq.VsqTensor, scale: float) -> Encoded:
        packed = vsq.pack(tensor)
        shifted = (packed.scales << self.arithmetic.up).astype(packed.scales.dtype)
        parts = (tensor.codes, tensor.scales.astype(np.int64))
        return Encoded(parts, (packed.codes, shifted), tensor.dequantise(), scale)


class MicroScaled(Family):
    """Microscaling blocks.

    Args:
        arithmetic: has the format.
    """

    arithmetic: Blocks

    def __init__(self, arithmetic: Blocks) -> None:
        self.arithmetic = arithmetic

    def activations(self, x: Singles) -> Encoded:
        """Exact but for the rounding of the elements."""
        return self.arithmetic.requantise(x)

    def weights(self, w: Reals) -> Weights:
        """The same."""
        return Weights(self.arithmetic.encode(w), _per_output(1.0, len(w)))


class ScaledFloats(Family):
    """FP8 with one scale per tensor.

    Args:
        arithmetic: has the format.
    """

    arithmetic: ScaledWords

    def __init__(self, arithmetic: ScaledWords) -> None:
        self.arithmetic = arithmetic

    def activations(self, x: Singles) -> Encoded:
        """Quotients in binary32."""
        return self.arithmetic.requantise(x)

    def weights(self, w: Reals) -> Weights:
        """Quotients in float64."""
        made = self.arithmetic.encode(w)
        return Weights(replace(made, scale=1.0), _per_output(made.scale, len(w)))


class TwoLevelFloats(Family):
    """NVFP4 by the rule that divides, as `programs/quantise/nvfp4.s` does on the machine."""

    arithmetic: TwoLevels

    def __init__(self) -> None:
        self.arithmetic = TwoLevels(TORCHAO_0_15)

    def activations(self, x: Singles) -> Encoded:
        """In binary32 throughout."""
        return self.arithmetic.requantise(x)

    def weights(self, w: Reals) -> Weights:
        """The scale of the tensor is left to the end of the layer."""
        made = self.arithmetic.encode(w)
        return Weights(replace(made, scale=1.0), _per_output(made.scale, len(w)))
