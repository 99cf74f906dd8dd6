"""VS-Quant on NumPy arrays: quantise, dequantise, and the layout of the kernels in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.formats.block.vsq.format import Vsq
from rvx.formats.integer.array import (
    Bytes,
    Codes,
    Reals,
    as_reals,
    divide,
    extent,
    pad,
    quantise_f32,
)
from rvx.formats.integer.array import pack as pack_codes
from rvx.formats.integer.array import unpack as unpack_codes
from rvx.records import dataclass, replace


@dataclass(frozen=True)
class VsqTensor:
    """A tensor in the VS-Quant format, vectors along the last axis.

    Attributes:
        codes: elements, shape (..., G * V); what fills the last vector up is 0.
        scales: vector scales, shape (..., G): integers, or real numbers if the format says so.
        gamma: coarse scale, shape (1, ..., 1) or (channels, 1, ..., 1).
        length: elements of the last axis without the filling.
        format: what this is.
    """

    codes: Codes
    scales: npt.NDArray[np.int64] | Reals
    gamma: Reals
    length: int
    format: Vsq

    def dequantise(self) -> Reals:
        """The numbers that the tensor stands for: code * vector scale * coarse scale."""
        scales = self.scales.astype(self.gamma.dtype) * self.gamma
        spread = np.repeat(scales, self.format.vector, axis=-1)
        values: Reals = self.codes.astype(self.gamma.dtype) * spread
        return values[..., : self.length]


@dataclass(frozen=True)
class PackedVsq:
    """The arrays that a kernel reads.

    Attributes:
        codes: bytes, rows contiguous along K, each vector filled up with zeros.
        scales: one unsigned byte per vector, or two (little-endian) for more than 8 bits.
    """

    codes: Bytes
    scales: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


def quantise(x: npt.ArrayLike, fmt: Vsq, gamma: npt.ArrayLike | None = None) -> VsqTensor:
    """Quantises in two levels (VS-Quant eq. 7a to 7g), ties to even.

    Args:
        x: numbers, shape (..., K); axis 0 is the channel for coarse scales per channel.
        fmt: the format.
        gamma: coarse scale from an earlier calibration, instead of the maximum over this tensor;
            vector scales beyond the largest one are clipped.

    Raises:
        ValueError: an element is NaN or infinite, or x has too few axes or no element.
    """
    reals = as_reals(x, fmt.name)
    if reals.ndim < (2 if fmt.coarse == "channel" else 1) or reals.size == 0:
        raise ValueError(
            f"a tensor of shape {reals.shape} cannot be quantised to {fmt.name} "
            f"with a coarse scale per {fmt.coarse}"
        )
    length = reals.shape[-1]
    vectors = pad(reals, fmt.vector)
    vectors = vectors.reshape(*vectors.shape[:-1], -1, fmt.vector)
    kind = reals.dtype.type
    exact_scales = extent(vectors, fmt.element).max(axis=-1) / kind(fmt.element.limit)
    axes = tuple(range(1 if fmt.coarse == "channel" else 0, exact_scales.ndim))
    if fmt.scale_bits == 0:
        coarse = np.ones([1] * exact_scales.ndim, reals.dtype)
        scales: npt.NDArray[np.int64] | Reals = exact_scales
    else:
        if gamma is None:
            coarse = exact_scales.max(axis=axes, keepdims=True) / kind(fmt.largest_scale)
        else:
            coarse = np.asarray(gamma, reals.dtype)
            coarse = coarse.reshape(-1, *[1] * (exact_scales.ndim - 1))
        rounded = np.rint(divide(exact_scales, coarse))
        least = (exact_scales > 0) if fmt.requantise else 0
        scales = np.clip(rounded, least, fmt.largest_scale).astype(np.int64)
    used = scales.astype(reals.dtype) * coarse if fmt.requantise else exact_scales
    codes = np.rint(divide(vectors, used[..., None]))
    codes = np.clip(codes, fmt.element.low, fmt.element.high).astype(np.int64)
    return VsqTensor(codes.reshape(*codes.shape[:-2], -1), scales, coarse, length, fmt)


def quantise_on_machine(x: npt.NDArray[np.float32], fmt: Vsq) -> VsqTensor:
    """What `programs/quantise` makes of a tensor of whole vectors: all in binary32.

    Codes are products with the reciprocal of the exact vector scale, where `quantise` divides.
    """
    tensor = quantise(x, fmt)
    vectors = x.reshape(*x.shape[:-1], -1, fmt.vector)
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", over="ignore"):
        reciprocal = np.float32(fmt.element.limit) / largest
    codes = quantise_f32(vectors, np.broadcast_to(reciprocal, vectors.shape), fmt.element)
    return replace(tensor, codes=codes.reshape(x.shape))


def pack(tensor: VsqTensor) -> PackedVsq:
    """The tensor in the memory layout of the kernels.

    Raises:
        ValueError: the vector scales of the format are real numbers.
    """
    if tensor.format.scale_bits == 0:
        raise ValueError(f"{tensor.format.name} has real vector scales, which no kernel takes")
    narrow = tensor.format.scale_bits <= 8
    scales = tensor.scales.astype(np.uint8) if narrow else tensor.scales.astype("<u2")
    return PackedVsq(pack_codes(tensor.codes, tensor.format.element), scales)


def unpack(packed: PackedVsq, fmt: Vsq, length: int, gamma: npt.ArrayLike) -> VsqTensor:
    """The tensor back from its memory layout.

    Args:
        packed: what `pack` returned.
        fmt: the format.
        length: elements of the last axis.
        gamma: the coarse scale, in the shape that `VsqTensor` has it.
    """
    scales = packed.scales.astype(np.int64)
    codes = unpack_codes(packed.codes, fmt.element, scales.shape[-1] * fmt.vector)
    return VsqTensor(codes, scales, np.asarray(gamma), length, fmt)
