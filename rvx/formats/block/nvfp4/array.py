"""NVFP4 on NumPy arrays: quantise, dequantise, and the layout in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.formats.block.nvfp4.format import LARGEST_ELEMENT, LARGEST_SCALE, NVFP4, Nvfp4
from rvx.formats.block.nvfp4.rules import TORCHAO_0_17, Rule
from rvx.formats.integer.array import Bytes, as_reals, pad
from rvx.formats.integer.array import pack as pack_codes
from rvx.formats.integer.array import unpack as unpack_codes
from rvx.formats.integer.format import UINT4
from rvx.formats.minifloat.array.codes import decode, encode
from rvx.formats.minifloat.rounding import Overflow
from rvx.records import dataclass


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


def quantise(x: npt.ArrayLike, fmt: Nvfp4 = NVFP4, rule: Rule = TORCHAO_0_17) -> Nvfp4Tensor:
    """Quantises in two levels, in float32 arithmetic, as a library does it.

    The tensor scale is the largest magnitude / (448 * 6); a block scale is the block's largest
    magnitude / 6 / tensor scale, clamped and rounded to E4M3; elements are divided by the product
    of the two, clamped to 6 and rounded to E2M1 (all to nearest even). Unlike in VS-Quant, elements
    are rounded with the rounded scale. Where the rule leads to 0/0 or 0 * infinity, which is a NaN
    in the libraries (a tensor of zeros, or one whose scale underflows), the result is 0.

    Args:
        x: numbers of shape (..., K); rounded to float32 first.
        fmt: the format.
        rule: whose order of operations.

    Raises:
        ValueError: an element is NaN or infinite (also in float32), or there is no element.
    """
    given = as_reals(x, fmt.name)
    if given.ndim == 0 or given.size == 0:
        raise ValueError(f"a tensor of shape {given.shape} cannot be quantised to {fmt.name}")
    with np.errstate(over="ignore"):
        values = given.astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError(
            f"{np.abs(given).max():g} is beyond float32, in which tensors are quantised to "
            f"{fmt.name}"
        )
    padded = pad(values, fmt.block)
    blocks = padded.reshape(*padded.shape[:-1], -1, fmt.block)
    largest = np.abs(blocks).max(axis=-1)
    six = np.float32(LARGEST_ELEMENT)
    tensor_scale = largest.max() / np.float32(LARGEST_SCALE * LARGEST_ELEMENT)
    with np.errstate(all="ignore"):
        if rule.divides_once:
            relative = largest / (six * tensor_scale)
        else:
            relative = largest / six / tensor_scale
        relative = np.where(relative > 0, relative, np.float32(rule.scale_of_zeros))
        scales = encode(fmt.scale, np.clip(relative, rule.smallest_scale, LARGEST_SCALE))
        rounded = decode(fmt.scale, scales).astype(np.float32)
        if rule.has_reciprocal:
            quotients = blocks * (np.float32(1) / tensor_scale / rounded)[..., None]
        else:
            quotients = blocks / (rounded * tensor_scale)[..., None]
    # Beside infinite factors zeros have become NaN; they are the only ones that can.
    quotients = np.where(np.isnan(quotients), blocks, quotients)
    if not rule.keeps_minus_zero:
        quotients = np.where(quotients == 0, np.float32(0), quotients)
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
