"""NVFP4 on NumPy arrays: quantise, dequantise, and the layout in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rvx.formats.block.nvfp4.format import (
    LARGEST_ELEMENT,
    LARGEST_SCALE,
    NVFP4,
    SMALLEST_SCALE,
    Nvfp4,
)
from rvx.formats.integer.array import Bytes, as_reals, divide, pad
from rvx.formats.integer.array import pack as pack_codes
from rvx.formats.integer.array import unpack as unpack_codes
from rvx.formats.integer.format import UINT4
from rvx.formats.minifloat.array.codes import decode, encode
from rvx.formats.minifloat.rounding import Overflow


@dataclass(frozen=True)
class Nvfp4Tensor:
    """A tensor in NVFP4, blocks along the last axis.

    Attributes:
        codes: bits of the E2M1 elements, one per byte, shape (..., G * block); what fills the
            last block up is 0.
        scales: E4M3 codes of the block scales, shape (..., G).
        tensor_scale: float32 scale of the whole tensor.
        length: elements of the last axis without the filling.
        format: what this is.
    """

    codes: Bytes
    scales: Bytes
    tensor_scale: np.float32
    length: int
    format: Nvfp4

    def dequantise(self) -> npt.NDArray[np.float64]:
        """The numbers that the tensor stands for: code * block scale * tensor scale; exact."""
        scales = decode(self.format.scale, self.scales) * np.float64(self.tensor_scale)
        spread = np.repeat(scales, self.format.block, axis=-1)
        values: npt.NDArray[np.float64] = decode(self.format.element, self.codes) * spread
        return values[..., : self.length]


def quantise(x: npt.ArrayLike, fmt: Nvfp4 = NVFP4) -> Nvfp4Tensor:
    """Quantises in two levels, in float32 arithmetic as torchao does it.

    The tensor scale is the largest magnitude / (448 * 6); a block scale is the block's largest
    magnitude / 6 / tensor scale, clamped to 2^-6..448 and rounded to E4M3; elements are divided
    by the product of the two, clamped to 6 and rounded to E2M1 (all to nearest even). Unlike in
    VS-Quant, elements are rounded with the rounded scale.

    Args:
        x: numbers of shape (..., K); rounded to float32 first.
        fmt: the format.

    Raises:
        ValueError: an element is NaN or infinite (also in float32), or there is no element.
    """
    given = as_reals(x)
    if given.ndim == 0 or given.size == 0:
        raise ValueError(f"a tensor of shape {given.shape} cannot be quantised to {fmt.name}")
    with np.errstate(over="ignore"):
        values = as_reals(given.astype(np.float32))
    padded = pad(values, fmt.block)
    blocks = padded.reshape(*padded.shape[:-1], -1, fmt.block)
    tensor_scale = np.abs(blocks).max() / np.float32(LARGEST_SCALE * LARGEST_ELEMENT)
    block_scales = np.abs(blocks).max(axis=-1) / np.float32(LARGEST_ELEMENT)
    relative = divide(block_scales, tensor_scale)
    scales = encode(fmt.scale, np.clip(relative, SMALLEST_SCALE, LARGEST_SCALE))
    factors = decode(fmt.scale, scales).astype(np.float32) * tensor_scale
    quotients = divide(blocks, factors[..., None])
    codes = encode(fmt.element, quotients, overflow=Overflow.SATURATE).reshape(padded.shape)
    return Nvfp4Tensor(codes, scales, tensor_scale, values.shape[-1], fmt)


@dataclass(frozen=True)
class PackedNvfp4:
    """The arrays that a kernel reads.

    Attributes:
        codes: two elements a byte, element 0 in the low half of byte 0, rows contiguous along K;
            each block filled up with zeros.
        scales: one byte per block.
    """

    codes: Bytes
    scales: Bytes


def pack(tensor: Nvfp4Tensor) -> PackedNvfp4:
    """The tensor in the memory layout of the kernels."""
    return PackedNvfp4(pack_codes(tensor.codes, UINT4), tensor.scales)


def unpack(
    packed: PackedNvfp4, length: int, tensor_scale: np.float32, fmt: Nvfp4 = NVFP4
) -> Nvfp4Tensor:
    """The tensor back from its memory layout.

    Args:
        packed: what `pack` returned.
        length: elements of the last axis.
        tensor_scale: the scale of the tensor.
        fmt: the format.
    """
    codes = unpack_codes(packed.codes, UINT4, packed.scales.shape[-1] * fmt.block)
    return Nvfp4Tensor(codes.astype(np.uint8), packed.scales, tensor_scale, length, fmt)
