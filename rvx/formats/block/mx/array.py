"""MX formats on NumPy arrays: quantise, dequantise, and the layout of the kernels in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.formats.block.mx.format import INT8_LSB, SCALE_BIAS, SCALE_NAN, Mx
from rvx.formats.block.mx.rules import Rule, floor
from rvx.formats.integer.array import Bytes, pad
from rvx.formats.integer.array import pack as pack_codes
from rvx.formats.integer.array import quantise as quantise_integers
from rvx.formats.integer.array import unpack as unpack_codes
from rvx.formats.integer.format import UINT4, UINT8, Integer
from rvx.formats.minifloat.array.codes import decode, encode
from rvx.formats.minifloat.rounding import Overflow
from rvx.records import dataclass

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MxTensor:
    """A tensor in an MX format, blocks along the last axis.

    Attributes:
        codes: bits of the elements, one per byte, shape (..., G * block); what fills the last
            block up is 0.
        scales: E8M0 codes, shape (..., G).
        length: elements of the last axis without the filling.
        format: what this is.
    """

    codes: Bytes
    scales: Bytes
    length: int
    format: Mx

    def dequantise(self) -> Doubles:
        """The numbers that the tensor stands for; exact."""
        elements = decode_elements(self.codes, self.format)
        exponents = self.scales.astype(np.int32) - SCALE_BIAS
        factors = np.where(self.scales == SCALE_NAN, np.nan, np.ldexp(1.0, exponents))
        values: Doubles = elements * np.repeat(factors, self.format.block, axis=-1)
        return values[..., : self.length]


def decode_elements(codes: Bytes, fmt: Mx) -> Doubles:
    """The numbers of element codes, without their scales."""
    if isinstance(fmt.element, Integer):
        return np.ldexp(codes.view(np.int8).astype(np.float64), INT8_LSB)
    return decode(fmt.element, codes)


def encode_elements(values: Doubles, fmt: Mx) -> Bytes:
    """The codes nearest to numbers, ties to even, clamped to the largest element."""
    if isinstance(fmt.element, Integer):
        return quantise_integers(values, 2.0**INT8_LSB, fmt.element).astype(np.int8).view(np.uint8)
    return encode(fmt.element, values, overflow=Overflow.SATURATE)


def quantise(x: npt.ArrayLike, fmt: Mx, rule: Rule = floor) -> MxTensor:
    """Quantises to an MX format (MX 1.0, 6.3).

    By default a block's scale is 2^(floor(log2 of its largest magnitude) - emax), within the range
    of E8M0; this rule clips a largest element between the largest number of the format and the next
    power of two. Elements are rounded to nearest even and clamped. A block with a NaN or an
    infinity becomes a NaN by its scale; a block of zeros has the smallest scale.

    Args:
        x: numbers of shape (..., K), of a type that float64 contains.
        fmt: the format.
        rule: how scales are chosen, see `rvx.formats.block.mx.rules`.

    Raises:
        ValueError: x is a single number.
    """
    values = np.asarray(x, np.float64)
    if values.ndim == 0:
        raise ValueError("numbers to quantise in blocks need at least one axis; this is one number")
    padded = pad(values, fmt.block)
    blocks = padded.reshape(*padded.shape[:-1], -1, fmt.block)
    largest = np.abs(blocks).max(axis=-1)
    is_finite = np.isfinite(largest)
    blocks = np.where(is_finite[..., None], blocks, 0)
    largest = np.where(is_finite, largest, 0)
    exponents = rule(np.where(largest > 0, largest, 1.0), fmt)
    exponents = np.where(largest > 0, exponents, -SCALE_BIAS).clip(-SCALE_BIAS, SCALE_BIAS)
    codes = encode_elements(np.ldexp(blocks, -exponents[..., None]), fmt)
    scales = np.where(is_finite, exponents + SCALE_BIAS, SCALE_NAN).astype(np.uint8)
    return MxTensor(codes.reshape(padded.shape), scales, values.shape[-1], fmt)


@dataclass(frozen=True)
class PackedMx:
    """The arrays that a kernel reads.

    Attributes:
        codes: bytes, rows contiguous along K: two elements a byte for 4-bit ones (element 0 in
            the low half of byte 0), else one; each block filled up with zeros.
        scales: one byte per block.
    """

    codes: Bytes
    scales: Bytes


def pack(tensor: MxTensor) -> PackedMx:
    """The tensor in the memory layout of the kernels."""
    container = UINT4 if tensor.format.container == 4 else UINT8
    return PackedMx(pack_codes(tensor.codes, container), tensor.scales)


def unpack(packed: PackedMx, fmt: Mx, length: int) -> MxTensor:
    """The tensor back from its memory layout.

    Args:
        packed: what `pack` returned.
        fmt: the format.
        length: elements of the last axis.
    """
    container = UINT4 if fmt.container == 4 else UINT8
    codes = unpack_codes(packed.codes, container, packed.scales.shape[-1] * fmt.block)
    return MxTensor(codes.astype(np.uint8), packed.scales, length, fmt)
